"""Jobs on the data of persons. Each may run twice, or again after a killed worker."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from ozeli.accounts.models import User

from .models import ErasureRequest
from .services import erasure, exports, loans, mails, retention, saved


@app.task(name="people.export_data", queueing_lock=None)
def export_data(export_id: str) -> None:
    """Make the copy that a person asked for."""
    exports.make_export(UUID(export_id))


@app.task(name="people.send_erasure_mail", retry=RetryStrategy(max_attempts=6, exponential_wait=4))
def send_erasure_mail(user_id: int, what: str) -> None:
    """Tell a person that their erasure is asked, or called off. The address is read when the mail leaves."""
    user = User.objects.filter(pk=user_id).first()
    request = ErasureRequest.objects.filter(user=user_id).first()
    if user is None or (what == "asked") is not (request is not None):
        return
    mails.send(what, user.email, user.display_name, due_on=request.due_on if request else None)


@app.task(
    name="people.tell_new_results", priority=-5, retry=RetryStrategy(max_attempts=3, exponential_wait=5)
)
def tell_new_results(key: str) -> None:
    """Tell the owner of a saved search what came since."""
    saved.tell_new_results(UUID(key))


@app.periodic(cron="11 5 * * *")
@app.task(name="people.saved_searches", queueing_lock="people.saved_searches")
def saved_searches(timestamp: int) -> None:
    """Each morning, the searches whose turn has come."""
    jobs: list[JSONDict] = [{"key": str(key)} for key in saved.searches_due()]
    if jobs:
        tell_new_results.batch_defer(*jobs)


@app.periodic(cron="41 4 * * *")
@app.task(name="people.nightly", queueing_lock="people.nightly")
def nightly(timestamp: int) -> None:
    """Each night: erasures forgotten by a restore, those whose seven days are over, then what had its time."""
    erasure.replay()
    erasure.erase_due()
    retention.apply()


@app.periodic(cron="17 6 * * *")
@app.task(name="people.loans", queueing_lock="people.loans")
def tell_loans(timestamp: int) -> None:
    """Each morning, the profiles lent that begin today or have ended."""
    loans.tell_due()
