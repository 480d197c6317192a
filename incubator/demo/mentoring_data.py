"""Invented mentors and projects of the demo; HealthyMap AI is the project that the press named."""

from __future__ import annotations

from dataclasses import dataclass

Hours = tuple[tuple[int, int, int], ...]
"""(weekday, from hour, to hour)"""


@dataclass(frozen=True, slots=True)
class MentorFacts:
    name: str
    title: str
    kind: str
    job: str
    body: str
    skills: tuple[tuple[str, int], ...]
    fields: tuple[str, ...]
    hours: Hours
    teams: int = 2
    hours_most: int | None = None
    languages: tuple[str, ...] = ("vi",)
    areas: tuple[str, ...] = ("Thủ Dầu Một",)
    about: str = ""
    message: str = ""
    waits: bool = False
    paused: bool = False
    part: str = ""
    """Key of somebody who has another part in the demo, too."""


_WORK: Hours = ((1, 14, 17), (3, 8, 11))
_EVENING: Hours = ((0, 17, 20), (2, 17, 20), (1, 14, 16))
_MIX: Hours = ((1, 13, 17), (4, 8, 12))

MENTORS = (
    MentorFacts("Huỳnh Quốc Bảo", "TS.", "technical", "Giảng viên", "Trường Đại học Thủ Dầu Một",
                (("ai", 3), ("data", 3), ("vision", 2)), ("digital", "health"), _WORK, teams=3, languages=("vi", "en"), part="mentor",
                about="Mười năm nghiên cứu dữ liệu không gian và học máy trong y tế cộng đồng."),
    MentorFacts("Lý Minh Tuấn", "ThS.", "business", "Giám đốc điều hành", "Công ty Nền Móng Số",
                (("business_model", 3), ("market", 3), ("pricing", 2)), ("digital", "commerce"), _WORK, teams=3),
    MentorFacts("Phan Thị Kim Ngân", "TS.", "technical", "Trưởng bộ môn Tự động hóa", "Trường Đại học Việt Đức",
                (("control", 3), ("robotics", 3), ("iot", 2)), ("manufacturing", "digital"), _MIX, teams=2, languages=("vi", "en")),
    MentorFacts("Trương Công Lập", "KS.", "technical", "Chủ lò gốm", "Cơ sở Gốm Lái Thiêu",
                (("materials", 3), ("making", 3), ("printing3d", 2)), ("crafts", "manufacturing"), _MIX, teams=2, areas=("Thuận An",)),
    MentorFacts("Đỗ Thị Bích Vân", "PGS.TS", "technical", "Nghiên cứu viên", "Trường Đại học Thủ Dầu Một",
                (("environment", 3), ("testing", 3), ("agriculture", 2)), ("environment", "agriculture"), _WORK, teams=2),
    MentorFacts("Bùi Xuân Thảo", "PGS.TS", "technical", "Phó viện trưởng", "Viện Sinh học Ứng dụng",
                (("biotech", 3), ("health", 2)), ("agriculture", "health"), _EVENING, teams=1, hours_most=24, areas=("Phú Giáo",)),
    MentorFacts("Mai Thanh Hương", "ThS.", "business", "Chuyên gia tài chính", "Quỹ Khởi nghiệp Đông Nam",
                (("finance", 3), ("fundraising", 3), ("legal", 1)), ("commerce", "digital"), _EVENING, teams=2, hours_most=36),
    MentorFacts("Nguyễn Hoàng Nam", "", "business", "Trưởng phòng tiếp thị", "Công ty Hương Quê",
                (("marketing", 3), ("brand", 3), ("market", 2)), ("commerce", "agriculture"), _MIX, teams=3),
    MentorFacts("Vũ Ngọc Diệp", "LS.", "business", "Luật sư", "Văn phòng luật Diệp và cộng sự",
                (("legal", 3), ("ip", 3)), ("digital", "commerce"), _WORK, teams=2, languages=("vi", "en")),
    MentorFacts("Tô Quang Vinh", "", "business", "Nhà sáng lập", "Công ty Lớp Học Mở",
                (("team_building", 3), ("pitching", 3), ("business_model", 2)), ("education", "digital"), _EVENING, teams=2),
    MentorFacts("Lâm Gia Hưng", "TS.", "technical", "Kỹ sư trưởng", "Công ty Nền Móng Số",
                (("software", 3), ("mobile", 3), ("data", 2)), ("digital", "education"), _MIX, teams=2, paused=True),
    MentorFacts("Đỗ Thanh Vân", "PGS.TS", "technical", "Giảng viên Vật lý", "Trường Đại học Việt Đức",
                (("iot", 3), ("testing", 2), ("environment", 2)), ("environment", "education"), _WORK, teams=2, part="judge",
                about="Chấm thi sáng tạo nhiều năm; đồng hành với các đội sau khi có kết quả."),
    MentorFacts("Châu Mỹ Linh", "", "business", "Quản lý chương trình", "Công ty Lớp Học Mở",
                (("market", 2), ("pitching", 2)), ("education",), _WORK, message="Tôi muốn đồng hành cùng các đội học sinh.", waits=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    key: str
    title: str
    team: str
    field: str
    area: str
    needs: tuple[tuple[str, int, str], ...]
    hours: Hours
    steps: tuple[str, ...] = ("pre_incubation",)
    priority: int = 2
    reason: str = ""
    why: str = "Hồ sơ đủ điều kiện theo quy chế của đề án."
    confirmed: bool = True
    award: str = ""
    """How the title of the award-winning project begins from which the case opens."""
    judged: bool | None = None
    """Take a team whose results are not out: one that the demo's judge marks (True), or one that others mark."""


PROJECTS = (
    ProjectFacts("flagship", "HealthyMap AI", "HealthyMap AI", "health", "Thủ Dầu Một",
                 (("business_model", 3, "Ai trả tiền cho bản đồ nguy cơ sức khỏe?"), ("data", 3, "Dữ liệu mở của phường còn rời rạc"),
                  ("fundraising", 1, "")), ((1, 14, 17), (3, 8, 10)), steps=("pre_incubation", "incubation"), priority=1,
                 reason="Bản đồ sức khỏe cộng đồng có trí tuệ nhân tạo, cần chỗ làm việc và cố vấn mô hình kinh doanh."),
    ProjectFacts("charging", "Trạm Sạc Dĩ An", "Trạm Sạc", "manufacturing", "Dĩ An",
                 (("control", 3, "Bộ sạc nóng khi ba xe cùng sạc"), ("pricing", 2, "")), ((1, 14, 16), (4, 9, 11)), award="Trạm sạc"),
    ProjectFacts("pottery", "Gốm Xanh Lái Thiêu", "Gốm Xanh", "crafts", "Thuận An",
                 (("materials", 3, "Men không chì nung nhiệt thấp"), ("brand", 2, "")), ((1, 13, 16),), award="Gốm Lái Thiêu"),
    ProjectFacts("salinity", "Trạm Đo Mặn Dầu Tiếng", "Trạm Đo Mặn", "environment", "Dầu Tiếng",
                 (("testing", 3, "Cần số liệu kiểm định của đầu đo"), ("market", 1, "")), ((3, 8, 10), (1, 14, 15)), award="Trạm đo độ mặn"),
    ProjectFacts("milk", "Sữa Hạt Bàu Bàng", "Sữa Hạt", "commerce", "Bàu Bàng",
                 (("iot", 3, "Máy báo hết nguyên liệu chậm"), ("marketing", 2, "")), ((4, 8, 11), (1, 14, 17)),
                 steps=("pre_incubation", "incubation"), award="Máy bán sữa hạt"),
    ProjectFacts("touch", "Lớp Học Chạm", "Lớp Học Chạm", "education", "Thủ Dầu Một",
                 (("mobile", 2, "Ứng dụng cho người khiếm thị"), ("team_building", 3, "")), ((2, 17, 19), (1, 14, 16)), priority=1),
    ProjectFacts("biology", "Sinh Học Phú Giáo", "Sinh Học Phú Giáo", "agriculture", "Phú Giáo",
                 (("biotech", 3, "Chế phẩm vi sinh cho lá điều"), ("ip", 3, "Muốn nộp đơn sáng chế")), ((0, 17, 19), (1, 14, 15)), priority=3),
    ProjectFacts("pellets", "Rác Hóa Vàng", "Rác Hóa Vàng", "environment", "Tân Uyên",
                 (("environment", 3, ""), ("pricing", 2, "Giá thành viên nén")), ((1, 14, 17),), priority=3),
    ProjectFacts("market", "Chợ Quê Số", "Chợ Quê Số", "commerce", "Bến Cát",
                 (("software", 2, ""), ("marketing", 3, "")), ((4, 8, 12),), steps=("pre_incubation", "incubation", "graduated"),
                 why="Hoàn thành mục tiêu của giai đoạn."),
    ProjectFacts("lamps", "Đèn Đường Tự Chăm", "Đèn Đường", "digital", "Dĩ An",
                 (("iot", 2, ""), ("finance", 2, "")), ((2, 17, 19),), steps=("pre_incubation", "stopped"),
                 why="Nhóm xin dừng để học tiếp."),
    ProjectFacts("marked", "Bản Đồ Nổi", "Bản Đồ Nổi", "environment", "Thủ Dầu Một",
                 (("testing", 3, "Cần thử độ bền với nhiều mẫu hơn"), ("pitching", 1, "")), ((1, 14, 17),), judged=True),
    ProjectFacts("unmarked", "Thí Nghiệm An Toàn", "Thí Nghiệm An Toàn", "education", "Dĩ An",
                 (("testing", 3, "Muốn thử với người dùng thật"), ("pitching", 1, "")), ((1, 14, 17),), judged=False),
    ProjectFacts("night", "Bếp Khuya Dĩ An", "Bếp Khuya", "commerce", "Dĩ An",
                 (("market", 3, "Khách chỉ gọi món sau 21 giờ"), ("mobile", 2, "")), ((6, 20, 22),), priority=3,
                 reason="Nhóm công nhân nấu ăn đêm, chỉ rảnh tối Chủ nhật."),
    ProjectFacts("rides", "Đi Chung Khu Công Nghiệp", "Đi Chung", "digital", "Bến Cát",
                 (("mobile", 2, ""),), ((2, 17, 19),), steps=(), confirmed=False, award="Ứng dụng ghép xe"),
    ProjectFacts("lotus", "Trà Lá Sen Tân Uyên", "Trà Lá Sen", "agriculture", "Tân Uyên",
                 (("brand", 3, ""),), ((1, 14, 17),), steps=(), confirmed=False),
)  # fmt: skip
