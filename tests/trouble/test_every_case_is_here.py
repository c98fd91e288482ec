"""Every kind of bad input and trouble that was asked for, and the tests that prove what becomes of it.

Each case: said clearly in Chinese and English, nothing lost. A test that is renamed or taken away fails here.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CODES, QUANTITIES = "tests/trouble/test_codes.py", "tests/trouble/test_quantities.py"
DISKS, LINES = "tests/trouble/test_disks.py", "tests/trouble/test_lines.py"
PROFILES, CLOCK = "tests/trouble/test_profiles.py", "tests/trouble/test_clock.py"
SERVERS, FILES = "tests/trouble/test_servers.py", "tests/trouble/test_files.py"
MIGRATE, VAULT = "tests/models/test_migrate.py", "tests/sync/test_vault.py"
UNPLUGGED = "tests/ui/screens/stations/test_unplugged.py"

CASES: dict[str, tuple[str, ...]] = {
    "unknown code": (
        f"{CODES}::test_an_unknown_code_goes_to_the_tray_whatever_it_holds",
        f"{CODES}::test_what_was_said_is_in_the_history_after_a_restart",
    ),
    "wrong class of code": (
        f"{CODES}::test_a_code_of_the_wrong_class_says_what_it_is_and_what_was_expected",
        f"{CODES}::test_a_location_of_another_place_says_where_we_are",
        f"{CODES}::test_where_nothing_is_open_each_station_says_what_opens_it",
    ),
    "damaged GS1 string": (
        f"{CODES}::test_of_a_damaged_gs1_string_the_sound_part_counts_and_the_rest_is_named",
        f"{CODES}::test_a_damaged_product_number_is_kept_in_the_tray_and_never_taken_for_a_lot",
        f"{CODES}::test_a_gs1_string_cut_anywhere_is_never_another_product",
        f"{CODES}::test_every_kind_of_damage_has_words",
    ),
    "broken or foreign import file": (
        f"{FILES}::test_a_broken_or_foreign_file_is_named_and_nothing_of_it_is_written",
        "tests/documents/test_broken_files.py::test_a_broken_file_is_named",
        "tests/jobs/test_command_line.py::test_problems_of_a_file_are_told_in_both_languages",
    ),
    "full disk": (
        f"{DISKS}::test_a_full_disk_costs_the_scan_that_finds_it_and_no_other",
        f"{DISKS}::test_what_was_saved_on_a_full_disk_is_there_after_a_restart",
        f"{DISKS}::test_a_desk_is_not_half_enrolled_on_a_full_disk",
        f"{MIGRATE}::test_a_full_disk_stops_before_anything_is_changed",
    ),
    "wrong clock": (
        f"{CLOCK}::test_a_clock_years_off_changes_neither_order_nor_day",
        f"{CLOCK}::test_a_clock_that_jumps_while_offline_stops_nobody_and_is_told",
    ),
    "server of another version": (f"{LINES}::test_a_server_of_another_version_is_waited_for",),
    "expired sign-in": (
        f"{CLOCK}::test_an_offline_sign_in_ends_after_90_days_and_the_server_renews_it",
        f"{CLOCK}::test_the_first_sign_in_needs_the_server_and_says_so",
    ),
    "second window on the same profile": (
        f"{PROFILES}::test_a_second_window_is_sent_to_the_first_which_works_on",
        f"{PROFILES}::test_a_profile_is_free_again_when_its_process_was_killed",
    ),
    "corrupted or read-only database": (
        f"{DISKS}::test_a_database_whose_first_page_is_damaged",
        f"{DISKS}::test_damage_further_on_is_found_by_the_doctor_and_told_where_it_is_met",
        f"{DISKS}::test_damage_that_the_start_meets_is_told_and_leaves_the_profile_free",
        f"{DISKS}::test_damage_that_the_start_meets_is_told_by_every_command",
        f"{DISKS}::test_damage_under_an_open_desk_is_told_by_name_wherever_it_is_met",
        f"{DISKS}::test_a_file_cut_short_is_damaged",
        f"{DISKS}::test_a_database_that_is_another_ones",
        f"{DISKS}::test_a_write_protected_disk_is_said_so_and_loses_nothing",
        f"{PROFILES}::test_a_folder_that_nobody_may_write_is_said_so",
    ),
    "profile on a network share": (
        f"{PROFILES}::test_a_profile_on_a_share_is_refused_before_anything_is_made",
        f"{PROFILES}::test_a_share_is_refused_where_none_can_be_mounted_too",
    ),
    "denied keyring": (
        f"{PROFILES}::test_a_denied_keyring_makes_the_desk_say_why_it_asks",
        f"{PROFILES}::test_a_keyring_that_denies_later_loses_nothing",
    ),
    "wrong passphrase": (
        f"{PROFILES}::test_a_denied_keyring_makes_the_desk_say_why_it_asks",
        f"{VAULT}::test_a_wrong_passphrase_may_be_corrected",
        f"{VAULT}::test_a_passphrase_that_stays_wrong_ends_with_a_name_and_loses_nothing",
    ),
    "killed migration": (
        f"{MIGRATE}::test_a_killed_migration_is_finished_or_undone_by_the_next_start",
        f"{MIGRATE}::test_who_returns_to_the_older_program_after_a_kill_has_the_older_database",
        f"{MIGRATE}::test_a_failed_migration_leaves_what_was",
        "tests/drills/test_kills.py::test_twenty_kills_lose_nothing_and_double_nothing",
    ),
    "captive portal answering 200 with HTML": (
        f"{LINES}::test_a_captive_portal_is_no_server_in_whatever_form_it_answers",
        f"{LINES}::test_behind_a_portal_a_running_desk_waits_and_catches_up_by_itself",
        f"{LINES}::test_a_first_sign_in_behind_a_portal_says_what_is_in_the_way",
    ),
    "half-open connection after sleep": (
        f"{LINES}::test_a_connection_that_sleep_left_half_open_is_given_up_and_costs_nothing",
        f"{LINES}::test_a_running_desk_wakes_up_after_the_sleep_by_itself",
    ),
    "changed server certificate": (
        f"{LINES}::test_a_changed_certificate_gets_nothing_until_the_desk_is_enrolled_again",
        f"{LINES}::test_a_portal_with_a_certificate_of_its_own_gets_nothing_either",
    ),
    "busy port": (f"{SERVERS}::test_a_busy_port_is_named_and_whoever_has_it_works_on",),
    "PostgreSQL down at start": (
        f"{SERVERS}::test_postgresql_down_at_the_start_is_told_and_then_waited_for",
        f"{SERVERS}::test_postgresql_that_goes_away_under_work_costs_nothing",
    ),
    "the server's disk full": (
        f"{DISKS}::test_the_servers_disk_is_full_and_desks_work_on",
        "tests/server/test_troubles.py::test_the_servers_disk_is_full",
    ),
    "scanner unplugged in mid-scan": (
        f"{UNPLUGGED}::test_a_scanner_pulled_out_in_mid_scan_costs_the_half_scan_and_says_so",
        "tests/ui/scanner/test_serial_port.py::test_unplugged_in_mid_scan_is_said_and_its_bytes_are_kept",
    ),
    "0 and absurd quantities": (
        f"{QUANTITIES}::test_nothing_and_less_than_nothing_are_no_quantities",
        f"{QUANTITIES}::test_a_barcode_in_the_place_of_a_quantity_is_refused",
        f"{QUANTITIES}::test_much_is_asked_about_and_then_believed",
        f"{QUANTITIES}::test_a_script_is_refused_by_name_and_writes_nothing",
        f"{QUANTITIES}::test_pushed_raw_nothing_absurd_gets_into_the_book",
    ),
}


JUDGING = frozenset({"assert", "says", "raises", "failed", "refused", "check"})
"""Statement and calls by which a test can fail."""


@cache
def functions(file: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_no_case_is_left_out() -> None:
    assert len(CASES) == 22
    assert all(CASES.values())


@pytest.mark.parametrize("case", CASES)
def test_each_named_test_exists_and_can_fail(case: str) -> None:
    for node_id in CASES[case]:
        file, _, name = node_id.partition("::")
        assert name in functions(file), f"{case}: there is no {node_id}"
        judged = {JUDGING & {getattr(part, "attr", getattr(part, "id", "assert"))}
                  for node in ast.walk(functions(file)[name])
                  for part in [node.func if isinstance(node, ast.Call) else node]
                  if isinstance(node, ast.Assert | ast.Call)}  # fmt: skip
        assert any(judged), f"{node_id} judges nothing"
