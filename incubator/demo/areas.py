"""Districts of Bình Dương until 30/6/2025 and the wards and communes that stand in their places since."""

from __future__ import annotations

from datetime import date

LAST_DAY = date(2025, 6, 30)
FIRST_DAY = date(2025, 7, 1)

DISTRICTS = {
    "718": "Thủ Dầu Một", "719": "Bàu Bàng", "720": "Dầu Tiếng", "721": "Bến Cát", "722": "Phú Giáo",
    "723": "Tân Uyên", "724": "Dĩ An", "725": "Thuận An", "726": "Bắc Tân Uyên",
}  # fmt: skip

#: old district -> code -> name of the new unit (the larger part where an old ward was split)
WARDS = {
    "Thủ Dầu Một": {
        "25747": "Phường Thủ Dầu Một", "25750": "Phường Phú Lợi", "25760": "Phường Bình Dương", "25768": "Phường Phú An",
        "25771": "Phường Chánh Hiệp",
    },
    "Dĩ An": {"25942": "Phường Dĩ An", "25945": "Phường Tân Đông Hiệp", "25951": "Phường Đông Hòa"},
    "Thuận An": {
        "25966": "Phường Lái Thiêu", "25969": "Phường Thuận Giao", "25975": "Phường An Phú", "25978": "Phường Thuận An",
        "25987": "Phường Bình Hòa",
    },
    "Bến Cát": {
        "25813": "Phường Bến Cát", "25837": "Phường Chánh Phú Hòa", "25840": "Phường Long Nguyên", "25843": "Phường Tây Nam",
        "25846": "Phường Thới Hòa", "25849": "Phường Hòa Lợi",
    },
    "Tân Uyên": {
        "25888": "Phường Tân Uyên", "25891": "Phường Tân Khánh", "25912": "Phường Vĩnh Tân", "25915": "Phường Bình Cơ",
        "25920": "Phường Tân Hiệp",
    },
    "Bắc Tân Uyên": {"25906": "Xã Bắc Tân Uyên", "25909": "Xã Thường Tân"},
    "Phú Giáo": {"25858": "Xã Phú Giáo", "25864": "Xã Phước Thành", "25867": "Xã An Long", "25882": "Xã Phước Hòa"},
    "Bàu Bàng": {"25819": "Xã Trừ Văn Thố", "25822": "Xã Bàu Bàng"},
    "Dầu Tiếng": {
        "25777": "Xã Dầu Tiếng", "25780": "Xã Minh Thạnh", "25792": "Xã Long Hòa", "25807": "Xã Thanh An",
    },
}  # fmt: skip
