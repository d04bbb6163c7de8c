"""What the pages of all apps are built on: buttons that post, panels above a form, read-only history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from integrations.admin.checking import CheckedAtOnce
from integrations.admin.choosers import id_in
from integrations.admin.deletion import without
from integrations.admin.display import admin_url
from integrations.admin.histories import ToldHistory
from integrations.admin.pages import came_from
from integrations.admin.pressing import not_pressed
from integrations.admin.secret_columns import is_secret
from integrations.admin.versions import VersionedForms
from integrations.listing import LongPaginator
from integrations.models import Audited

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _ModelAdmin
    from django.contrib.admin.views.main import ChangeList

    # The theme has no types; what it builds upon has.
    ModelAdmin = _ModelAdmin[Any]
else:
    from unfold.admin import ModelAdmin
    from unfold.views import ChangeList


View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that staff can do to a row. It is only ever done by POST; `ask` is asked on a page before.

    `told`: pressing it is an entry of the audit log, beside those that it makes itself.
    `means`: what will happen then to this row, sentence by sentence, below the question.
    """

    name: str
    label: str
    icon: str = ""
    tone: str = ""
    ask: str = ""
    permission: str = "change"
    shown: Callable[[Any], bool] = lambda _: True
    told: bool = True
    means: Callable[[Any], Sequence[str]] = lambda _: ()


def about_one_row(request: HttpRequest) -> bool:
    """Whether the address names a row: only then is all that its page shows read with it."""
    place = request.resolver_match
    return bool(place and "object_id" in place.kwargs)


class CountedOnce(ChangeList):
    """A list that is not narrowed has as many rows as it shows: nothing to count again, nothing to reset."""

    def get_filters(self, request: HttpRequest) -> Any:
        """The select of a filter looks for the row that is chosen in it."""
        found = super().get_filters(request)
        for one in found[0]:
            if isinstance(one, RelatedFieldListFilter):
                told = str(request.GET.get(one.lookup_kwarg, ""))
                if told.isdigit() and id_in(told) is None:
                    raise IncorrectLookupParameters
        return found

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except OverflowError as problem:
            # An id in the query string that no column holds: SQLite can't even look for it.
            raise IncorrectLookupParameters(problem) from problem
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class BridgeAdmin(ToldHistory, CheckedAtOnce, VersionedForms, ModelAdmin):
    """A model's pages. Subclasses may declare `buttons`, each with a method of its name (request, row)."""

    compressed_fields = True
    list_filter_submit = True
    list_per_page = 50
    paginator = LongPaginator
    show_full_result_count = False
    warn_unsaved_form = True
    change_form_before_template = "bridge/form_start.html"
    change_form_outer_before_template = "bridge/panel.html"
    buttons: ClassVar[tuple[Button, ...]] = ()
    panel_template: ClassVar[str] = ""
    save_buttons: ClassVar[dict[str, bool]] = {"show_save_and_add_another": False}
    empty_hint: ClassVar[str] = ""
    """What would be in the empty list, and how to get it there."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return CountedOnce

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Never by what is secret: the length of an answer would tell it letter by letter."""
        return not is_secret(self.model, lookup) and super().lookup_allowed(lookup, value, request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django tells it, but for rows that only join two others: nobody knows those."""
        told, counts, lacking, protected = super().get_deleted_objects(objs, request)
        joins: list[Any] = [field.remote_field.through for field in self.opts.many_to_many]
        metas = [join._meta for join in joins if join._meta.auto_created]
        names = tuple(f"{str(meta.verbose_name).capitalize()}:" for meta in metas)
        for meta in metas:
            counts.pop(meta.verbose_name_plural, None)
        return without(told, names), counts, lacking, protected

    # ---- buttons ---------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{button.name.replace('_', '-')}/",
                self.admin_site.admin_view(partial(self._press, button)),
                name=self.url_name(button.name),
            )
            for button in self.buttons
        ]
        pages: list[URLPattern] = own + self.page_urls() + super().get_urls()
        return pages

    def page_urls(self) -> list[URLPattern]:
        """More pages of this model; made with `page`."""
        return []

    def page(self, route: str, name: str, view: View) -> URLPattern:
        return path(route, self.admin_site.admin_view(view), name=self.url_name(name))

    def url_name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def url(self, name: str, *args: object) -> str:
        return reverse(f"admin:{self.url_name(name)}", args=args)

    def row_or_404(self, request: HttpRequest, object_id: str | int) -> Any:
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name} (any more).")
        return row

    def allowed(self, request: HttpRequest, permission: str, row: Model | None = None) -> bool:
        check = getattr(self, f"has_{permission}_permission")
        return bool(check(request) if permission == "add" else check(request, row))

    def _press(self, button: Button, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.row_or_404(request, object_id)
        if not self.may_press(request, button.permission, row):
            raise PermissionDenied
        if not button.shown(row):
            messages.warning(request, f"“{button.label}” is not possible any more: {row} has changed.")
            return HttpResponseRedirect(came_from(request) or admin_url(row))
        if request.method == "POST":
            answer = getattr(self, button.name)(request, row)
            if button.told and not isinstance(row, Audited):
                self.log_change(request, row, f"{button.label}.")
            return answer or HttpResponseRedirect(came_from(request) or admin_url(row))
        if request.method != "GET" or not button.ask:
            return not_pressed(request, admin_url(row), button.label)
        question = button.ask.format(row=row)
        return self.confirm_page(
            request, question, button.label, back=admin_url(row), row=row, consequences=button.means(row)
        )

    def may_press(self, request: HttpRequest, permission: str, row: Model) -> bool:
        """History may be acted upon by those who have the right in Django, although nobody may edit it."""
        codename = f"{self.opts.app_label}.{permission}_{self.opts.model_name}"
        return bool(request.user.has_perm(codename))

    def confirm_page(
        self,
        request: HttpRequest,
        question: str,
        label: str,
        *,
        back: str,
        row: Model | None = None,
        tone: str = "bad",
        consequences: Sequence[str] = (),
    ) -> HttpResponse:
        """Ask before something is done; the form posts to the same address."""
        asked: dict[str, Any] = {
            "question": question,
            "label": label,
            "back": back,
            "consequences": consequences,
        }
        context = self.page_context(request, label, tone=tone, object=row, **asked)
        return TemplateResponse(request, "bridge/confirm.html", context)

    def page_context(
        self, request: HttpRequest, title: str, *, said: bool = False, **more: Any
    ) -> dict[str, Any]:
        """Context of a page of our own, as Django's have it. `said`: the path above tells the title."""
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "title_is_said": said,
            "model_admin": self,
            "is_nav_sidebar_enabled": True,
            **more,
        }

    def buttons_of(self, request: HttpRequest, row: Model) -> list[dict[str, Any]]:
        return [
            {
                "label": button.label,
                "icon": button.icon,
                "tone": button.tone,
                "asks": bool(button.ask),
                "url": self.url(button.name, row.pk),
            }
            for button in self.buttons
            if button.shown(row) and self.may_press(request, button.permission, row)
        ]

    # ---- the panel above a form ---------------------------------------------------------------

    def panel(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What `panel_template` shows about a row."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context |= self.save_buttons
        if obj is not None and obj.pk:
            context["buttons"] = self.buttons_of(request, obj)
            context["panel_template"] = self.panel_template
            context.update(self.panel(request, obj))
        return super().render_change_form(
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )


class HistoryAdmin(BridgeAdmin):
    """What has happened, or what is mirrored from outside: looked at, never edited."""

    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
