"""Pages for refusals and faults. A fragment asked for by script gets JSON with the same sentence."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from .db import db
from .errors import DomainError
from .i18n import _, lazy

log = logging.getLogger(__name__)


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def respond(status: int, title: str, message: str, **details: object) -> Response:
    db.session.rollback()
    if wants_json():
        response = jsonify(error=message, status=status, **details)
    else:
        response = make_response(
            render_template("errors/error.html", status=status, title=title, message=message, details=details)
        )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


TITLES = {
    403: lazy("Không có quyền"),
    404: lazy("Không tìm thấy trang"),
    409: lazy("Chưa làm được: dữ liệu đã thay đổi"),
    413: lazy("Tệp quá lớn"),
    422: lazy("Chưa làm được"),
    429: lazy("Làm quá nhanh"),
}
MESSAGES = {
    404: lazy("Địa chỉ này không có trang nào, hoặc trang không dành cho tài khoản đang dùng."),
    405: lazy("Trang này không nhận cách gửi đó. Quay lại trang trước rồi thử lại."),
    413: lazy("Tệp gửi lên vượt dung lượng cho phép. Nén nhỏ tệp rồi gửi lại."),
}


def _title(status: int) -> str:
    return str(TITLES.get(status, TITLES[422]))


def _refused(error: DomainError) -> Response:
    return respond(error.status, _title(error.status), error.message, code=error.code, field=error.field)


def _too_fast(error: RateLimitExceeded) -> Response:
    seconds = error.limit.limit.get_expiry() if error.limit is not None else 60
    minutes = max(1, seconds // 60)
    message = (
        _("Đã thử quá nhiều lần. Đợi một phút rồi thử lại.")
        if minutes == 1
        else _("Đã thử quá nhiều lần. Đợi %(n)s phút rồi thử lại.", n=minutes)
    )
    response = respond(429, _title(429), message)
    response.headers["Retry-After"] = str(seconds)
    return response


def _stale_form(_error: CSRFError) -> Response:
    return respond(
        400, _("Trang đã cũ"), _("Trang mở đã lâu hoặc phiên đăng nhập đã đổi. Tải lại trang rồi gửi lại.")
    )


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    message = MESSAGES.get(status) or _("Yêu cầu chưa thực hiện được. Thử lại sau.")
    return respond(status, _title(status), str(message))


def _busy(_error: OperationalError) -> Response:
    log.exception("database unavailable")
    return respond(
        503,
        _("Máy chủ đang bận"),
        _("Chưa lưu được. Đợi vài giây rồi gửi lại; nội dung vẫn còn trên máy."),
    )


def _fault(error: Exception) -> Response:
    if current_app.testing or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    log.exception("unhandled error")
    return respond(
        500,
        _("Lỗi hệ thống"),
        _(
            "Hệ thống gặp lỗi và đã ghi lại. Thử lại; nếu vẫn lỗi, gửi mã yêu cầu dưới đây cho %(email)s.",
            email=current_app.config["OWNER_EMAIL"],
        ),
    )


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(RateLimitExceeded, _too_fast)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _fault)
