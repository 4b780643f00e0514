"""django-salesforce at its ordinary work: Django's own way to ask for, make, change and delete records."""

import json
import os
import sys

import django
from django.conf import settings

sys.path.insert(0, "../lib")
from tap import check, done  # noqa: E402

ORG = json.loads(os.environ["ORG"])
APP = ORG["apps"]["ERP Connector"]
settings.configure(
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
        "salesforce": {
            "ENGINE": "salesforce.backend",
            "CONSUMER_KEY": APP["client_id"],
            "CONSUMER_SECRET": APP["client_secret"],
            "USER": ORG["admin"]["username"],
            "PASSWORD": ORG["admin"]["password"],
            "HOST": f"https://{ORG['hosts']['core']}",
        },
    },
    DATABASE_ROUTERS=["salesforce.router.ModelRouter"],
    INSTALLED_APPS=["salesforce"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()

from django.db.models import Count, Q  # noqa: E402
from salesforce import models  # noqa: E402


class Profile(models.Model):
    """A profile."""

    name = models.CharField(max_length=255, db_column="Name")

    class Meta:
        app_label = "salesforce"
        db_table = "Profile"
        managed = False


class User(models.Model):
    """A user."""

    username = models.CharField(max_length=80, db_column="Username")
    last_name = models.CharField(max_length=80, db_column="LastName")
    is_active = models.BooleanField(db_column="IsActive", default=models.DEFAULTED_ON_CREATE)
    profile = models.ForeignKey(Profile, models.DO_NOTHING, db_column="ProfileId")
    changed = models.DateTimeField(db_column="SystemModstamp", sf_read_only=models.READ_ONLY)

    class Meta:
        app_label = "salesforce"
        db_table = "User"
        managed = False


class Set(models.Model):
    """A permission set."""

    name = models.CharField(max_length=80, db_column="Name")
    label = models.CharField(max_length=80, db_column="Label")
    run_reports = models.BooleanField(db_column="PermissionsRunReports", default=models.DEFAULTED_ON_CREATE)

    class Meta:
        app_label = "salesforce"
        db_table = "PermissionSet"
        managed = False


@check
def everybody():
    """counts users"""
    total = User.objects.count()
    assert total > 30, total
    return total


@check
def pages():
    """reads every page, and every row has its moment of change"""
    all_users = list(User.objects.all())
    assert len(all_users) == everybody, len(all_users)
    assert all(user.changed is not None for user in all_users)


@check
def conditions():
    """filters, orders and joins"""
    users = User.objects.filter(Q(username__startswith="erp") | Q(username__startswith="jira"), is_active=True)
    assert users.order_by("username").first().profile.name, "no profile"
    assert User.objects.filter(profile__name="System Administrator").exists()


@check
def groups():
    """groups"""
    rows = list(User.objects.values("profile_id").annotate(total=Count("id")).order_by())
    assert sum(row["total"] for row in rows) == everybody, rows[:3]


@check
def made():
    """makes a permission set with a permission, a boolean as it sends them"""
    made = Set(name="Django_Set", label="Django Set", run_reports=True)
    made.save()
    assert Set.objects.get(pk=made.pk).run_reports is True
    return made


@check
def changed():
    """takes the permission off again, and renames it"""
    made.run_reports = False
    made.label = "Django's Set"
    made.save()
    again = Set.objects.get(name="Django_Set")
    assert (again.run_reports, again.label) == (False, "Django's Set"), again.label


@check
def gone():
    """deletes it"""
    made.delete()
    assert not Set.objects.filter(name="Django_Set").exists()


done()
