"""Whether the process lives and whether it can work."""

import pytest
from django.db import OperationalError
from django.test import Client

from rasr import health


@pytest.mark.django_db
def test_a_site_with_its_database_and_migrations_is_ready():
    assert Client().get("/healthz").content == b"ok\n"
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
def test_without_the_database_it_lives_but_is_not_ready(monkeypatch):
    def away(connection):
        raise OperationalError

    monkeypatch.setattr(health, "MigrationExecutor", away)
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 503


@pytest.mark.django_db
def test_with_a_migration_missing_it_is_not_ready(monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    assert Client().get("/readyz").status_code == 503
