"""The fixed tree of topics: slug, parent, kind, Vietnamese name, English name, synonyms."""

from __future__ import annotations

from ..models import MentorKind

T, B = MentorKind.TECHNICAL, MentorKind.BUSINESS

TOPICS: tuple[tuple[str, str | None, MentorKind, str, str, tuple[str, ...]], ...] = (
    ("software", None, T, "Phần mềm", "Software", ("lập trình", "phát triển phần mềm")),
    ("ai", "software", T, "Trí tuệ nhân tạo", "Artificial intelligence", ("AI", "học máy", "machine learning")),
    ("vision", "ai", T, "Thị giác máy tính", "Computer vision", ("xử lý ảnh", "nhận dạng hình ảnh")),
    ("data", "software", T, "Dữ liệu", "Data", ("phân tích dữ liệu", "cơ sở dữ liệu", "bản đồ số")),
    ("mobile", "software", T, "Ứng dụng di động", "Mobile apps", ("app di động", "ứng dụng điện thoại")),
    ("electronics", None, T, "Điện tử và tự động hóa", "Electronics and automation", ("điện tử", "tự động hóa")),
    ("iot", "electronics", T, "Internet vạn vật", "Internet of things", ("IoT", "cảm biến")),
    ("control", "electronics", T, "Điều khiển", "Control", ("bộ điều khiển", "PID")),
    ("robotics", "electronics", T, "Robot", "Robotics", ("robotics", "rô bốt")),
    ("making", None, T, "Chế tạo mẫu", "Prototyping", ("nguyên mẫu", "prototype", "chế tạo")),
    ("printing3d", "making", T, "In 3D và thiết kế", "3D printing and design", ("in 3D", "thiết kế 3D", "CAD")),
    ("materials", "making", T, "Vật liệu", "Materials", ("gốm sứ", "vật liệu mới")),
    ("science", None, T, "Khoa học ứng dụng", "Applied science", ("nghiên cứu ứng dụng",)),
    ("biotech", "science", T, "Công nghệ sinh học", "Biotechnology", ("sinh học", "vi sinh")),
    ("environment", "science", T, "Môi trường", "Environment", ("xử lý nước", "nước sạch", "rác thải")),
    ("agriculture", "science", T, "Nông nghiệp công nghệ cao", "High-tech farming", ("nông nghiệp", "trồng trọt")),
    ("health", "science", T, "Y tế và sức khỏe", "Health", ("y tế", "sức khỏe")),
    ("testing", "science", T, "Thử nghiệm và đo lường", "Testing and measurement", ("thử nghiệm", "đo lường")),
    ("business_model", None, B, "Mô hình kinh doanh", "Business model", ("mô hình lợi nhuận", "kế hoạch kinh doanh")),
    ("market", "business_model", B, "Thị trường và khách hàng", "Market and customers",
     ("nghiên cứu thị trường", "khảo sát khách hàng", "khách hàng")),
    ("pricing", "business_model", B, "Định giá", "Pricing", ("giá bán", "giá thành")),
    ("marketing", None, B, "Tiếp thị và bán hàng", "Marketing and sales", ("marketing", "tiếp thị", "bán hàng")),
    ("brand", "marketing", B, "Thương hiệu", "Branding", ("nhãn hiệu", "nhận diện thương hiệu")),
    ("finance", None, B, "Tài chính", "Finance", ("kế toán", "dòng tiền")),
    ("fundraising", "finance", B, "Gọi vốn", "Fundraising", ("gọi vốn đầu tư", "nhà đầu tư")),
    ("legal", None, B, "Pháp lý", "Legal", ("thành lập doanh nghiệp", "hợp đồng")),
    ("ip", "legal", B, "Sở hữu trí tuệ", "Intellectual property", ("bằng sáng chế", "sáng chế", "bản quyền")),
    ("team_building", None, B, "Xây dựng đội ngũ", "Team building", ("nhân sự", "quản lý nhóm")),
    ("pitching", "team_building", B, "Thuyết trình", "Pitching", ("trình bày dự án", "pitch")),
)  # fmt: skip
