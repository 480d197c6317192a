"""Pages for refusals and faults. A fragment asked for by script gets JSON with the same sentence."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from .db import db
from .errors import DomainError
from .i18n import _

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


def init_app(app: Flask) -> None:
    titles = {
        403: lambda: _("Không có quyền"),
        404: lambda: _("Không tìm thấy trang"),
        409: lambda: _("Chưa làm được: dữ liệu đã thay đổi"),
        413: lambda: _("Tệp quá lớn"),
        422: lambda: _("Chưa làm được"),
        429: lambda: _("Làm quá nhanh"),
    }

    def title(status: int) -> str:
        return titles[status]() if status in titles else _("Chưa làm được")

    @app.errorhandler(DomainError)
    def _refused(error: DomainError) -> Response:
        return respond(error.status, title(error.status), error.message, code=error.code, field=error.field)

    @app.errorhandler(RateLimitExceeded)
    def _too_fast(error: RateLimitExceeded) -> Response:
        return respond(429, title(429), _("Đã thử quá nhiều lần. Đợi một phút rồi thử lại."))

    @app.errorhandler(CSRFError)
    def _stale_form(error: CSRFError) -> Response:
        return respond(
            400,
            _("Trang đã cũ"),
            _("Trang mở đã lâu hoặc phiên đăng nhập đã đổi. Tải lại trang rồi gửi lại."),
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.response is not None:
            return make_response(error.response)
        status = error.code or 500
        messages = {
            404: _("Địa chỉ này không có trang nào, hoặc trang không dành cho tài khoản đang dùng."),
            405: _("Trang này không nhận cách gửi đó. Quay lại trang trước rồi thử lại."),
            413: _("Tệp gửi lên vượt dung lượng cho phép. Nén nhỏ tệp rồi gửi lại."),
        }
        return respond(
            status, title(status), messages.get(status, _("Yêu cầu chưa thực hiện được. Thử lại sau."))
        )

    @app.errorhandler(OperationalError)
    def _busy(error: OperationalError) -> Response:
        log.exception("database unavailable")
        return respond(
            503,
            _("Máy chủ đang bận"),
            _("Chưa lưu được. Đợi vài giây rồi gửi lại; nội dung vẫn còn trên máy."),
        )

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Response:
        if app.testing or app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        log.exception("unhandled error")
        return respond(
            500,
            _("Lỗi hệ thống"),
            _("Hệ thống gặp lỗi và đã ghi lại. Thử lại; nếu vẫn lỗi, báo mã yêu cầu cho quản trị."),
        )
