"""Publishing, correcting, certificates, appeals."""

from .appeals import answer_appeal as answer_appeal
from .appeals import make_appeal as make_appeal
from .certificates import issue_certificates as issue_certificates
from .corrections import EntryChange as EntryChange
from .corrections import correct_result as correct_result
from .publications import Decision as Decision
from .publications import cancel_publication as cancel_publication
from .publications import ensure_publishable as ensure_publishable
from .publications import publish as publish
from .publications import settle as settle
from .publications import settle_due as settle_due
