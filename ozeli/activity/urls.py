from django.urls import path

from . import views

app_name = "activity"
urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/lues/", views.mark_read, name="mark_read"),
]
