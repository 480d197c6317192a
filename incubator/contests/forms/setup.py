"""Forms with which an organiser sets a contest up."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ...core.forms import BaseForm, DayField, MomentField, MoneyField, PointsField
from ...core.i18n import _, lazy
from ...models import HostPart, PrizeBasis, PrizeRecipient, PrizeScope, StageKind
from .. import dossier, eligibility, wording
from ..eligibility import Registrant


class CheckboxesField(SelectMultipleField):
    """Several ticks out of a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class NewEditionForm(BaseForm):
    contest = SelectField(
        lazy("Thuộc cuộc thi"), coerce=int, description=lazy("Chọn một cuộc thi đã có, hoặc tạo mới")
    )
    new_contest = StringField(lazy("Tên cuộc thi mới"), [Length(max=200)])
    source = SelectField(
        lazy("Bắt đầu từ"),
        coerce=str,
        description=lazy(
            "Mẫu có sẵn hoặc lần tổ chức trước: bảng, vòng thi, cơ cấu giải được chép sang; ngày tháng chuyển theo năm"
        ),
    )
    name = StringField(lazy("Tên lần tổ chức"), [InputRequired(), Length(max=250)])
    year = IntegerField(lazy("Năm"), [InputRequired(), NumberRange(2000, 2100)])
    slug = StringField(lazy("Tên trong địa chỉ (để trống thì máy đặt)"), [Length(max=80)])


class EditionForm(BaseForm):
    name = StringField(lazy("Tên"), [InputRequired(), Length(max=250)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=250)])
    number = IntegerField(lazy("Lần thứ"), [Optional(), NumberRange(1, 200)])
    year = IntegerField(lazy("Năm"), [InputRequired(), NumberRange(2000, 2100)])
    theme = StringField(lazy("Chủ đề"), [Length(max=300)])
    theme_en = StringField(lazy("Chủ đề tiếng Anh"), [Length(max=300)])
    venue = StringField(lazy("Nơi chung kết"), [Length(max=250)])
    registration_opens = DayField(lazy("Mở đăng ký"), [Optional()])
    registration_closes = DayField(
        lazy("Hạn đăng ký"), [Optional()], description=lazy("Đến 23:59:59 của ngày này")
    )
    final_on = DayField(lazy("Ngày chung kết"), [Optional()])
    fields = TextAreaField(
        lazy("Các lĩnh vực"),
        [Length(max=3000)],
        description=lazy("Mỗi dòng một lĩnh vực; tên tiếng Anh sau dấu |. Để trống nếu không chia lĩnh vực."),
    )


class HostForm(Form):
    organisation = StringField(lazy("Đơn vị"), [Length(max=200)])
    part = SelectField(lazy("Vai trò"), choices=[(p.value, wording.HOST_PARTS[p.value]) for p in HostPart])


class HostsForm(BaseForm):
    hosts = FieldList(FormField(HostForm), lazy("Đơn vị tổ chức"), max_entries=12)


class DivisionForm(BaseForm):
    name = StringField(lazy("Tên bảng"), [InputRequired(), Length(max=120)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=120)])
    number_prefix = StringField(lazy("Đầu số báo danh"), [Length(max=10)], description=lazy("Ví dụ RB26-TH-"))
    born_from = DayField(lazy("Sinh từ ngày"), [Optional()])
    born_until = DayField(lazy("Sinh đến ngày"), [Optional()])
    team_min = IntegerField(lazy("Ít nhất (người)"), [InputRequired(), NumberRange(1, 30)], default=1)
    team_max = IntegerField(lazy("Nhiều nhất (người)"), [InputRequired(), NumberRange(1, 30)], default=3)
    levels = CheckboxesField(
        lazy("Cấp học"), choices=list(wording.LEVELS.items()), description=lazy("Không chọn: mọi cấp")
    )
    organisation_kinds = CheckboxesField(
        lazy("Loại đơn vị"),
        choices=list(wording.ORGANISATION_KINDS.items()),
        description=lazy("Không chọn: mọi loại"),
    )
    organisation_required = BooleanField(lazy("Phải thuộc một trường hoặc đơn vị"))
    entries_per_organisation = IntegerField(
        lazy("Mỗi đơn vị nhiều nhất (bài)"),
        [Optional(), NumberRange(1, 1000)],
        description=lazy("Để trống: không giới hạn"),
    )
    teams_per_person = IntegerField(
        lazy("Mỗi người dự thi nhiều nhất (đội)"), [InputRequired(), NumberRange(1, 20)], default=1
    )
    coach_required = BooleanField(lazy("Phải có giáo viên hướng dẫn"))
    class_required = BooleanField(lazy("Phải ghi lớp"))
    registrants = CheckboxesField(
        lazy("Ai đăng ký được"), choices=[(r.value, w) for r, w in wording.REGISTRANTS.items()]
    )
    captain_from_age = IntegerField(
        lazy("Tự đăng ký từ (tuổi)"), [InputRequired(), NumberRange(6, 99)], default=16
    )
    consents = CheckboxesField(
        lazy("Cần đồng ý về"),
        choices=list(wording.PURPOSES.items()),
        description=lazy(
            "Đội tự đăng ký phải có đủ trước khi gửi; danh sách của trường được nhắc, không bị chặn"
        ),
    )
    rule_reference = StringField(
        lazy("Mục trong thể lệ"), [Length(max=60)], description=lazy("Hiện cùng lý do khi không đủ điều kiện")
    )
    dossier_title = BooleanField(lazy("Hỏi tên sản phẩm"))
    dossier_field = BooleanField(lazy("Hỏi lĩnh vực"))
    abstract_words = IntegerField(
        lazy("Tóm tắt nhiều nhất (từ)"),
        [Optional(), NumberRange(0, 5000)],
        description=lazy("0: không hỏi tóm tắt"),
    )
    abstract_required = BooleanField(lazy("Bắt buộc có tóm tắt"))
    video = BooleanField(lazy("Hỏi đường dẫn video"))
    files = TextAreaField(
        lazy("Tệp cần nộp"),
        [Length(max=2000)],
        description=lazy(
            "Mỗi dòng: tên tệp | tên tiếng Anh | ít nhất | nhiều nhất. Ví dụ: Bản thuyết minh | Description | 1 | 2"
        ),
    )
    blocks_submission = BooleanField(lazy("Thiếu hồ sơ thì chưa gửi đăng ký được"))

    def validate_team_max(self, field: Any) -> None:
        if self.team_min.data and field.data and field.data < self.team_min.data:
            raise ValidationError(
                _("Số nhiều nhất phải từ số ít nhất (%(least)s) trở lên.", least=self.team_min.data)
            )

    def validate_born_until(self, field: Any) -> None:
        if self.born_from.data and field.data and field.data < self.born_from.data:
            raise ValidationError(_("Ngày cuối của khoảng sinh phải từ ngày đầu trở đi."))

    def validate_abstract_required(self, field: Any) -> None:
        if field.data and not self.abstract_words.data:
            raise ValidationError(
                _("Ghi tóm tắt nhiều nhất bao nhiêu từ: để 0 thì các đội không có chỗ nhập.")
            )

    def validate_files(self, field: Any) -> None:
        for line in filter(str.strip, (field.data or "").splitlines()):
            numbers = [c.strip() for c in line.split("|")[2:]]
            if len(numbers) > 2 or not all(n.isdecimal() and len(n) < 3 for n in numbers):
                raise ValidationError(
                    _(
                        "Dòng “%(line)s”: sau hai tên chỉ ghi hai số, ít nhất và nhiều nhất.",
                        line=line.strip(),
                    )
                )
            if len(numbers) == 2 and int(numbers[1]) < max(int(numbers[0]), 1):
                raise ValidationError(
                    _(
                        "Dòng “%(line)s”: số nhiều nhất phải từ số ít nhất trở lên, và từ 1.",
                        line=line.strip(),
                    )
                )

    def validate_registrants(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Chọn ít nhất một cách đăng ký."))

    def rules(self) -> eligibility.Rules:
        """Raises ValueError for rules that nobody could meet."""
        return eligibility.Rules(
            born_from=self.born_from.data,
            born_until=self.born_until.data,
            team_min=self.team_min.data,
            team_max=self.team_max.data,
            levels=tuple(self.levels.data or ()),
            organisation_kinds=tuple(self.organisation_kinds.data or ()),
            organisation_required=self.organisation_required.data,
            entries_per_organisation=self.entries_per_organisation.data,
            teams_per_person=self.teams_per_person.data,
            coach_required=self.coach_required.data,
            class_required=self.class_required.data,
            registrants=tuple(Registrant(r) for r in self.registrants.data or ()),
            captain_from_age=self.captain_from_age.data,
            consents=tuple(self.consents.data or ()),
            rule_reference=self.rule_reference.data or "",
        )

    def wanted(self) -> dossier.Requirements:
        return dossier.Requirements(
            title=self.dossier_title.data,
            field=self.dossier_field.data,
            abstract_words=self.abstract_words.data or 0,
            abstract_required=self.abstract_required.data,
            video=self.video.data,
            files=tuple(file_kinds(self.files.data or "")),
            blocks_submission=self.blocks_submission.data,
        )


def file_kinds(text: str) -> list[dossier.FileKind]:
    from ..services.editions import slug_from

    kinds = []
    for line in text.splitlines():
        cells = [c.strip() for c in line.split("|")]
        if not cells[0]:
            continue
        numbers = [int(c) for c in cells[2:4]]
        least = numbers[0] if numbers else 1
        kinds.append(
            dossier.FileKind(
                slug_from(cells[0], 40),
                cells[0],
                cells[1] if len(cells) > 1 else "",
                least,
                max([least, 1, *numbers[1:]]),
            )
        )
    return kinds


def file_lines(kinds: tuple[dossier.FileKind, ...]) -> str:
    return "\n".join(f"{k.name} | {k.name_en} | {k.least} | {k.most}" for k in kinds)


def division_values(division: Any) -> dict[str, Any]:
    """Values of the form for a stored division."""
    rules, wanted = eligibility.from_json(division.eligibility), dossier.from_json(division.dossier)
    return {
        **{f: getattr(rules, f) for f in rules.__slots__},
        "name": division.name,
        "name_en": division.name_en,
        "number_prefix": division.number_prefix,
        "dossier_title": wanted.title,
        "dossier_field": wanted.field,
        "abstract_words": wanted.abstract_words,
        "abstract_required": wanted.abstract_required,
        "video": wanted.video,
        "files": file_lines(wanted.files),
        "blocks_submission": wanted.blocks_submission,
    }


class StageForm(BaseForm):
    name = StringField(lazy("Tên vòng"), [InputRequired(), Length(max=120)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=120)])
    kind = SelectField(lazy("Cách thi"), choices=[(k.value, wording.STAGE_KINDS[k.value]) for k in StageKind])
    site_id = SelectField(
        lazy("Cơ sở"),
        coerce=int,
        description=lazy("Nơi đặt phòng cho vòng thi; để trống nếu thi ở nơi khác"),
    )
    venue = StringField(lazy("Nơi thi"), [Length(max=250)], description=lazy("Ghi như in trên thông báo"))
    starts_at = MomentField(
        lazy("Bắt đầu"), validators=[Optional()], description=lazy("Ví dụ 20/11/2026 07:30")
    )
    ends_at = MomentField(lazy("Kết thúc"), validators=[Optional()])
    blind = BooleanField(lazy("Chấm kín: giám khảo chỉ thấy mã, không thấy trường và tên"))


class PrizeForm(Form):
    id = HiddenField()
    name = StringField(lazy("Giải"), [Length(max=120)])
    name_en = StringField(lazy("Tiếng Anh"), [Length(max=120)])
    scope = SelectField(
        lazy("Tính theo"),
        choices=[
            (PrizeScope.DIVISION.value, lazy("mỗi bảng")),
            (PrizeScope.EDITION.value, lazy("cả cuộc thi")),
            (PrizeScope.FIELD.value, lazy("mỗi lĩnh vực")),
        ],
    )
    basis = SelectField(
        lazy("Xét theo"),
        choices=[
            (PrizeBasis.RANK.value, lazy("thứ hạng")),
            (PrizeBasis.BAND.value, lazy("mức điểm")),
            (PrizeBasis.MANUAL.value, lazy("hội đồng chọn")),
        ],
    )
    recipient = SelectField(
        lazy("Trao cho"),
        choices=[
            (PrizeRecipient.ENTRY.value, lazy("bài dự thi")),
            (PrizeRecipient.PERSON.value, lazy("cá nhân")),
            (PrizeRecipient.ORGANISATION.value, lazy("đơn vị")),
        ],
    )
    count = IntegerField(lazy("Số giải"), [Optional(), NumberRange(0, 1000)])
    band_min_e2 = PointsField(lazy("Từ điểm"))
    band_max_e2 = PointsField(lazy("Đến điểm"))
    amount = MoneyField(lazy("Mức thưởng (đồng)"))
    paper = StringField(lazy("Loại giấy"), [Length(max=120)], description=lazy("Ví dụ Giấy khen"))

    def validate_name(self, field: Any) -> None:
        # A stored prize whose name was cleared goes; a new line with figures only would go without a word.
        if not (field.data or "").strip() and not self.id.data and (self.count.data or self.amount.data):
            raise ValidationError(_("Ghi tên giải."))

    def validate_basis(self, field: Any) -> None:
        bounds = (self.band_min_e2.data, self.band_max_e2.data)
        if self.name.data and field.data == PrizeBasis.BAND.value and bounds == (None, None):
            raise ValidationError(_("Xét theo mức điểm thì ghi từ điểm hoặc đến điểm."))


class PrizesForm(BaseForm):
    tiers = FieldList(FormField(PrizeForm), lazy("Cơ cấu giải"), max_entries=25)

    def validate_tiers(self, field: Any) -> None:
        names = [(t.form.name.data or "").strip() for t in field]
        twice = next((n for n in names if n and names.count(n) > 1), None)
        if twice:
            raise ValidationError(_("Giải “%(name)s” có hai dòng. Gộp lại hoặc đặt tên khác.", name=twice))


class ExtensionForm(BaseForm):
    organisation = StringField(lazy("Trường (để trống: tất cả)"), [Length(max=200)])
    until = DayField(lazy("Hạn mới"), [InputRequired()])
    reason = StringField(lazy("Lý do"), [InputRequired(), Length(max=500)])
