from django.urls import path

from .views import notifications, outbox, preferences, unsubscribe

app_name = "activity"
urlpatterns = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/lues/", notifications.mark_read, name="mark_read"),
    path("moi/notifications/", preferences.preferences, name="preferences"),
    path("moi/notifications/origine/", preferences.reset, name="reset_preferences"),
    path("moi/notifications/liens/", preferences.revoke_links, name="revoke_links"),
    path("courriels/arreter/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("administration/courriels/", outbox.outbox, name="outbox"),
    path("administration/courriels/export.csv", outbox.export, name="outbox_export"),
    path("administration/courriels/relancer/", outbox.retry, name="outbox_retry"),
    path("administration/courriels/annuler/", outbox.cancel, name="outbox_cancel"),
    path("administration/courriels/evenements/<int:pk>/", outbox.retry_event, name="retry_event"),
    path("administration/courriels/<int:pk>/", outbox.mail, name="mail"),
    path("administration/courriels/<int:pk>/apercu/", outbox.preview, name="mail_preview"),
]
