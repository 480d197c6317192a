"""Invented names of people, teams and products for the demo."""

from __future__ import annotations

from random import Random

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đoàn", "Trương"]  # fmt: skip
MIDDLE = ["Văn", "Thị", "Minh", "Gia", "Ngọc", "Quốc", "Thanh", "Bảo", "Khánh", "Thùy", "Đức", "Hữu", "Anh", "Kim", "Xuân", "Nhật", "Phương", "Hoài"]  # fmt: skip
GIVEN = ["An", "Bình", "Châu", "Duy", "Dũng", "Đạt", "Giang", "Hà", "Hân", "Hiếu", "Hòa", "Huy", "Khang", "Khôi", "Lan", "Linh", "Long", "Mai", "My", "Nam", "Ngân", "Nghĩa", "Nhi", "Phúc", "Phương", "Quân", "Quyên", "Sơn", "Tâm", "Thảo", "Thịnh", "Thư", "Thủy", "Tiến", "Trang", "Trí", "Tuấn", "Uyên", "Vinh", "Vy", "Yến"]  # fmt: skip
TEAMS = ["Sao Mai", "Cánh Diều", "Đồng Xanh", "Bước Nhảy", "Ánh Sáng", "Kỷ Nguyên", "Tia Chớp", "Đại Dương", "Hạt Giống", "La Bàn", "Mặt Trời", "Robo Việt", "Sóng Xanh", "Tổ Ong", "Vươn Xa", "Khám Phá", "Chồi Non", "Bầu Trời", "Lá Phong", "Thần Gió"]  # fmt: skip
PRODUCTS = {
    "learning": ["Bộ thẻ học toán bằng chữ nổi", "Mô hình hệ Mặt Trời chuyển động", "Bảng ghép từ tiếng Anh thông minh", "Hộp thí nghiệm điện an toàn", "Bàn tính cơ học cho lớp 1", "Bản đồ nổi Đông Nam Bộ"],
    "software": ["Phần mềm luyện đọc cho trẻ chậm nói", "Ứng dụng nhắc uống nước", "Trò chơi học luật giao thông", "Phần mềm quản lý thư viện lớp", "Ứng dụng nhận biết cây thuốc nam", "Trang tra cứu tuyến xe buýt"],
    "environment": ["Gạch lát từ vỏ trấu", "Ống hút từ lá dừa", "Thùng ủ rác hữu cơ có cảm biến", "Giấy gói từ bẹ chuối", "Máy ép chai nhựa bằng tay", "Túi ươm cây tự phân hủy"],
    "household": ["Giá phơi đồ tự thu khi mưa", "Nồi cơm báo cháy bằng chuông", "Xe đẩy hàng lên bậc thang", "Đèn học tự chỉnh độ sáng", "Hộp thuốc nhắc giờ cho ông bà", "Bộ đồ chơi xếp nhà sàn"],
    "climate": ["Trạm đo độ mặn kênh rạch", "Vườn rau tưới bằng năng lượng mặt trời", "Phao cảnh báo ngập đường", "Máy lọc nước giếng bằng than gáo dừa", "Mái che thu nước mưa", "Nhà lưới chống nóng cho cây con"],
}  # fmt: skip
TAILS = ["", " cho học sinh vùng xa", " phiên bản 2", " giá rẻ", " dùng vật liệu tái chế", " có điều khiển từ xa", " cho trường bán trú", " tiết kiệm điện"]  # fmt: skip
IDEAS = ["Sàn kết nối gia sư sinh viên", "Dịch vụ thu gom pin cũ tại nhà", "Cà phê vỏ cascara đóng chai", "Bản đồ bếp ăn công nghiệp sạch", "Ứng dụng ghép xe đi làm khu công nghiệp", "Gốm Lái Thiêu đặt vẽ theo yêu cầu", "Hộp quà nông sản Dầu Tiếng", "Nền tảng thực tập có lương", "Máy bán sữa hạt tự phục vụ", "Trạm sạc xe đạp điện trong trường", "Dịch vụ số hóa cửa hàng nhỏ", "Tour nghề sơn mài Tương Bình Hiệp"]  # fmt: skip
FARMS = ["Trồng nấm linh chi trong nhà lưới", "Nuôi dúi thương phẩm", "Vườn bưởi Bạch Đằng du lịch", "Trồng dưa lưới tưới nhỏ giọt", "Nuôi ong dú lấy mật", "Trồng măng tây hữu cơ", "Chế biến mít sấy", "Nuôi lươn không bùn", "Trồng lan cấy mô", "Rượu tỏi đen", "Nuôi gà ta thả vườn có truy xuất", "Trồng cao su xen gừng", "Bánh tráng khoai lang", "Nuôi cá cảnh xuất khẩu", "Trồng rau thủy canh"]  # fmt: skip
PURPOSES = ["giúp việc học dễ hơn", "giảm rác thải trong trường", "tiết kiệm thời gian cho gia đình", "giúp người cao tuổi sống an toàn hơn", "giảm chi phí cho nông hộ", "tạo việc làm cho thanh niên địa phương"]  # fmt: skip
MEANS = ["vật liệu dễ tìm tại địa phương", "bo mạch giá rẻ và phần mềm mở", "kiến thức đã học trong nhà trường", "nguyên liệu tái chế", "năng lượng mặt trời"]  # fmt: skip


def person(random: Random) -> str:
    return f"{random.choice(FAMILY)} {random.choice(MIDDLE)} {random.choice(GIVEN)}"


def team(random: Random, number: int | None = None) -> str:
    name = random.choice(TEAMS)
    return f"{name} {number + 1}" if number is not None else f"{name} {random.randrange(2, 99)}"


def product(random: Random, field: str) -> str:
    return random.choice(PRODUCTS[field]) + random.choice(TAILS)


def idea(random: Random) -> str:
    return random.choice(IDEAS) + random.choice(("", " 4.0", " cho Bình Dương", " – mô hình thí điểm"))


def farm(random: Random, index: int) -> str:
    return FARMS[index % len(FARMS)] + (
        "" if index < len(FARMS) else random.choice((" quy mô hợp tác xã", " theo chuỗi liên kết"))
    )


def abstract(random: Random, title: str) -> str:
    return (
        f"{title} {random.choice(PURPOSES)}, làm từ {random.choice(MEANS)}. Sản phẩm đã được dùng thử "
        f"{random.randrange(2, 12)} tuần với {random.randrange(5, 80)} người và được góp ý để hoàn thiện."
    )
