"""The application starts, migrates and answers."""

from __future__ import annotations

from flask_migrate import upgrade  # noqa: F401


def test_health_answers_without_a_session(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json == {"status": "ok"}


def test_login_page_is_vietnamese(client):
    page = client.get("/login").get_data(as_text=True)
    assert "Đăng nhập" in page
    assert 'lang="vi"' in page
