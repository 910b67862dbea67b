"""Sign-in backend: allauth's, bringing the person with their body and branch in one query."""

from allauth.account.auth_backends import AuthenticationBackend

from .models import User


class Backend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_organisation().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
