"""Every page of the product, in the states that a person may meet, by the person who meets it."""

from . import answers, around, challenges, entrance, ideas, kin, knowledge, projects, together
from .screen import BUDGETS, Screen

__all__ = ["BUDGETS", "NOT_PAGES", "SCREENS", "Screen"]

SCREENS = [
    *entrance.SCREENS,
    *ideas.SCREENS,
    *answers.SCREENS,
    *around.SCREENS,
    *challenges.SCREENS,
    *together.SCREENS,
    *kin.SCREENS,
    *projects.SCREENS,
    *knowledge.SCREENS,
]
# Addresses that answer something else than a page of their own.
NOT_PAGES = {
    "transfers:import_sheet",
    "transfers:import_check",
    "transfers:import_write",
    "transfers:import_cancel",
    "transfers:import_refused",
    "transfers:export_file",
    *("transfers:exchange_sheet", "transfers:exchange_check", "transfers:exchange_write"),
    *("transfers:exchange_cancel", "transfers:exchange_refused"),
    *("files:file", "files:rendition"),
    *(
        "accounts:end_membership",
        "accounts:forget_kept_text",
        "activity:mark_read",
        "core:theme",
        "portal:retry_job",
    ),
    *("accounts:close_session", "accounts:close_other_sessions", "accounts:close_account"),
    *("accounts:reopen_account", "accounts:close_all_sessions", "accounts:take_factors_away"),
    *("accounts:send_again", "accounts:cancel_invitation", "accounts:remove_body_sign"),
    "mfa_download_recovery_codes",
    *("activity:outbox_export", "activity:outbox_retry", "activity:outbox_cancel", "activity:retry_event"),
    *("activity:reset_preferences", "activity:revoke_links", "activity:mail_preview", "ideas:people_named"),
    # They need a key: looked at in `test_passkeys.py`.
    *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate_webauthn"),
    *("people:directory_export", "people:answer_role", "people:end_role", "people:ask_copy", "people:copy"),
    *("people:ask_erasure", "people:keep", "people:delete_search", "people:open_feed", "people:revoke_feed"),
    "people:feed",
    # Its author alone sees the second one: looked at in the tests of second looks.
    *("ideas:revive_support", "ideas:second_look"),
    *("portal:catalogue_archive", "portal:catalogue_move", "portal:catalogue_undo", "portal:delays_undo"),
    *("portal:home_brick_add", "portal:home_brick_show", "portal:home_brick_remove"),
    *("portal:home_brick_move", "portal:home_bricks_undo", "portal:theme_undo", "portal:cancel_job"),
    *("portal:logo", "portal:theme_logo", "portal:theme_logo_remove"),
    *("portal:theme_css", "portal:theme_trial", "accounts:restore_membership", "accounts:end_delegation"),
    *("ideas:save_draft", "ideas:look_alikes", "ideas:vote", "ideas:follow"),
    *(
        "challenges:suggestions",
        "challenges:people",
        "challenges:start",
        "challenges:drop",
        "challenges:follow",
    ),
    *("airlock:export", "airlock:word"),
    *("ideas:overdue_undo", "portal:delays_steps", "ideas:revive_support", "airlock:word"),
    *("people:agenda", "people:agenda_feed", "people:subscribe_to_mine"),
    *("projects:lifecycle_archive", "projects:lifecycle_move", "projects:lifecycle_prepare"),
    "projects:lifecycle_stage_move",
    *("ideas:desk_people", "ideas:desk_handlers", "ideas:colleagues", "network:suggestions"),
    *("projects:follow", "projects:look_alikes", "projects:people", "projects:synthesis_file"),
    # They answer a POST, or stand under a part of a draft: followed in the tests of syntheses.
    *("projects:synthesis_stop", "projects:synthesis_withdraw", "projects:synthesis_rewrite"),
    *("projects:synthesis_section", "projects:synthesis_page", "projects:synthesis_source"),
}
