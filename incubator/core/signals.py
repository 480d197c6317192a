"""What a lower domain tells the domains above it. Five names, no more; receivers run inside the same transaction."""

from blinker import Namespace

_signals = Namespace()

entry_withdrawn = _signals.signal("entry-withdrawn")  # sender: entry id; actor=, at=
consent_changed = _signals.signal("consent-changed")  # sender: person id; purpose=, at=
stage_changed = _signals.signal("stage-changed")  # sender: stage_division id; state=, actor=, at=
# sender: occupancy ids displaced; owners= who lost its place, without= and machine_id= who goes on without a machine,
# because=; back= who has its place again, with_machine= and machine_id= who has the machine again; actor=, at=
place_changed = _signals.signal("place-changed")
award_given = _signals.signal("award-given")  # sender: award ids; actor=, at=
