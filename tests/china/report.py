"""The table at the end."""

from pathlib import Path
from typing import Any

from tests.bench.table import show as show_table
from tests.china.filling import costs, worked


def show(folder: Path, ledger: Any) -> None:
    facts = ledger.facts
    counties, listings = facts["counties"], facts["listings"]
    opening, listing = worked(folder, "open"), worked(folder, "list")
    settling = facts.get("settle_seconds", 0.0)
    cost = costs(folder, counties)
    theirs = facts.get("theirs") or [0.0]
    ours = facts["addfield_seconds"]
    alone, memory = facts["backend_alone"], facts["visit_memory"]
    each = 1000 / max(1, listings)
    show_table(
        f"{counties} counties, {listings} listings on one machine",
        [
            ("opening and listing together (aim 20 min)", f"{(opening + listing + settling) / 60:.1f} min"),
            (f"counties opened by two processes (load {facts.get('open_load', '?')})", f"{opening:.0f} s"),
            (f"listings published by two processes (load {facts.get('list_load', '?')})", f"{listing:.0f} s"),
            ("  a listing", f"{listing * each:.2f} ms"),
            ("index of words, VACUUM, terms counted, names", f"{settling:.0f} s"),
            *_opening(cost),
            ("peak memory of PostgreSQL and both processes, PSS: opening", f"{facts.get('open_peak', 0):.0f} MB"),
            ("  publishing", f"{facts.get('list_peak', 0):.0f} MB"),
            ("on the disk", f"{facts['disk_mb'] / 1000:.1f} GB, {facts['files']} files"),
            ("pg_class, pg_attribute, the catalogue", f"{facts['relations']}, {facts['attributes']}, {facts['catalogue_mb']:.0f} MB"),
            (f"search with facets, p50 (load {facts['search_load']:.0f})", f"{facts['search_p50']:.0f} ms"),
            ("  p99 (aim 100 ms)", f"{facts['search_p99']:.0f} ms"),
            ("  processor time p50, p99", f"{facts['search_cpu_p50']:.0f}, {facts['search_cpu_p99']:.0f} ms"),
            *_elsewhere(facts),
            (f"one AddField over {facts['addfield_counties']} counties (aim 10 s; load {facts['addfield_load']:.0f})", f"{ours:.1f} s"),
            ("  of it the template and its script", f"{facts['addfield_template']:.1f} s"),
            (f"  migrate_schemas, a county, mean of {len(theirs)}", f"{sum(theirs) / len(theirs):.1f} s"),
            ("  times faster, reckoned for all", f"{sum(theirs) / len(theirs) * counties / max(ours, 0.001):.0f} ×"),
            ("jieti backup of all, written and read again", f"{facts['backup_seconds']:.0f} s, {facts['backup_mb'] / 1000:.1f} GB"),
            ("backup of one county", f"{facts['county_backup_seconds']:.1f} s, {facts['county_backup_kb']:.0f} KB"),
            ("a web process, PSS: before, after each round of all", ", ".join(f"{one['web']:.0f}" for one in memory) + " MB"),
            ("  its PostgreSQL backends, the largest", ", ".join(f"{one['largest']:.0f}" for one in memory) + " MB"),
            (f"  a backend never closed, in {alone['counties']} counties", f"{alone['before']:.0f} → {alone['after']:.0f} MB"),
            ("  a round of all front pages, pages not served", f"{facts['visit_seconds']:.0f} s, {facts['visit_wrong']}"),
        ],
    )  # fmt: skip
    print("  dearest searches (processor ms):", facts["search_slowest"])


def _elsewhere(facts: dict[str, Any]) -> list[tuple[str, str]]:
    if "elastic_p50" not in facts:
        return [("the same by one Elasticsearch", "not measured: it is not on this machine")]
    return [
        (f"the same by one Elasticsearch beside it, p50 (load {facts['elastic_load']:.0f})", f"{facts['elastic_p50']:.0f} ms"),
        ("  p99 (aim 100 ms)", f"{facts['elastic_p99']:.0f} ms"),
        ("  filled from the tables", f"{facts['elastic_seconds']:.0f} s"),
    ]  # fmt: skip


def _opening(cost: dict[str, float]) -> list[tuple[str, str]]:
    if "cpu_last" not in cost:
        return []
    return [
        ("a county, wall: first ones, last ones", f"{cost['wall_first'] * 1000:.0f}, {cost['wall_last'] * 1000:.0f} ms"),
        ("a county, processor: first, last", f"{cost['cpu_first'] * 1000:.0f}, {cost['cpu_last'] * 1000:.0f} ms"),
        ("  the last against the first (aim 1.5)", f"{cost['cpu_last'] / cost['cpu_first']:.2f} ×"),
    ]  # fmt: skip
