"""To-dos: companies and clients that are new, each with its suggestion. Nothing is created anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from integrations.admin.bases import HistoryAdmin
from integrations.admin.display import moment
from integrations.admin.namesakes import tell_apart
from integrations.admin.pages import address, choices, page_of
from integrations.models import HaloCredential
from mappings.admin.company_effects import after_mapping
from mappings.admin.pressed import Pressed, nothing
from mappings.linking import accept_suggestions, dismiss_todos, ignore_companies, open_todos
from mappings.models import CompanySuggestion, Newcomer

PER_PAGE = 50
KINDS = [("company", "New companies"), ("client", "New Halo clients")]


@admin.register(Newcomer)
class NewcomerAdmin(HistoryAdmin):
    fields = ("what", "halo_credential", "state", "noticed")
    search_fields = ("company__name", "halo_client__name")

    @admin.display(description="What")
    def what(self, row: Newcomer) -> str:
        return str(row.company or row.halo_client)

    @admin.display(description="Noticed")
    def noticed(self, row: Newcomer) -> str:
        return moment(row.noticed_at)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list to work through."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._do(request)
        rows = _searched(open_todos(), request.GET.get("q", ""))
        companies = rows.filter(company__isnull=False).count()
        counts = {"company": companies, "client": rows.count() - companies}
        kind = request.GET.get("kind", "")
        if kind in counts:
            rows = rows.filter(company__isnull=kind == "client")
        page = page_of(request, _for_the_page(rows), PER_PAGE, counts.get(kind, sum(counts.values())))
        for todo in page:
            _describe(todo)
        tell_apart(_named(page))
        context = self.page_context(
            request,
            "New companies and clients",
            said=True,
            page=page,
            kinds=choices(request, "kind", KINDS, counts),
            may_change=self._may_change(request),
            here=address(request, page=request.GET.get("page")),
        )
        return TemplateResponse(request, "bridge/newcomers.html", context)

    def _may_change(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.has_perm("mappings.change_companymapping"))

    def _do(self, request: HttpRequest) -> HttpResponse:
        if not self._may_change(request):
            raise PermissionDenied
        pressed = _press(request)
        messages.add_message(request, pressed.level, pressed.sentence)
        return HttpResponseRedirect(request.get_full_path())


def _press(request: HttpRequest) -> Pressed:
    what, _, rest = request.POST.get("do", "").partition(":")
    number = int(rest) if rest.isdigit() and len(rest) < 18 else 0
    ticked = [int(pk) for pk in request.POST.getlist("todo") if pk.isdigit() and len(pk) < 18]
    match what:
        case "accept":
            return _accepted(number, request.user)
        case "dismiss":
            return _told(dismiss_todos([number] if number else ticked, request.user), "dismissed")
        case "ignore":
            return _ignored([number] if number else ticked, request.user)
    return nothing()


def _accepted(suggestion: int, staff: Any) -> Pressed:
    rows = CompanySuggestion.objects.filter(pk=suggestion).select_related("halo_credential")
    found = rows.first()
    if found is None or not accept_suggestions([suggestion], staff=staff):
        return nothing("This suggestion is out of date.")
    after_mapping(found.halo_credential)
    return Pressed(f"{found.company} is {found.halo_client} from now on.")


def _ignored(ids: list[int], staff: Any) -> Pressed:
    """Companies of the to-dos, per credential; clients have nothing to be ignored."""
    rows = Newcomer.objects.filter(pk__in=ids, company__isnull=False)
    by_credential: dict[int, list[int]] = {}
    for credential, company in rows.values_list("halo_credential_id", "company_id"):
        by_credential.setdefault(credential, []).append(company)  # type: ignore[arg-type]
    credentials = HaloCredential.objects.in_bulk(list(by_credential))
    number = sum(ignore_companies(by_credential[pk], row, staff=staff) for pk, row in credentials.items())
    return _told(number, "ignored")


def _told(number: int, done: str) -> Pressed:
    return Pressed(f"{number} {'is' if number == 1 else 'are'} {done}.") if number else nothing()


def _searched(rows: QuerySet[Newcomer], text: str) -> QuerySet[Newcomer]:
    for word in text.replace("\x00", "").split()[:10]:
        rows = rows.filter(Q(company__name__icontains=word) | Q(halo_client__name__icontains=word))
    return rows


def _for_the_page(rows: QuerySet[Newcomer]) -> QuerySet[Newcomer]:
    found = CompanySuggestion.objects.select_related("halo_client", "company__console").order_by("-score")
    return rows.select_related("halo_credential", "company__console", "halo_client").prefetch_related(
        Prefetch("company__suggestions", queryset=found, to_attr="of_company"),
        Prefetch("halo_client__company_suggestions", queryset=found, to_attr="of_client"),
    )


def _describe(todo: Any) -> None:
    """`suggested`: of the to-do's credential, the best first."""
    guesses = todo.company.of_company if todo.company else todo.halo_client.of_client
    todo.suggested = [row for row in guesses if row.halo_credential_id == todo.halo_credential_id]
    todo.best = next(iter(todo.suggested), None)


def _named(page: Any) -> Iterator[Any]:
    for todo in page:
        yield from (todo.company, todo.halo_client)
        if todo.best is not None:
            yield from (todo.best.company, todo.best.halo_client)
