"""The library's reading of a model inside the guarded view's transaction: our session, no counting, no writing."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from flask_appbuilder.models.filters import BaseFilter
from flask_appbuilder.models.sqla.interface import SQLAInterface

from doorway.guard import work


class HouseInterface(SQLAInterface):  # type: ignore[misc]
    """The library's reading of a model, inside the guarded view's transaction."""

    @property
    def session(self) -> Any:
        """The session of the present view: one tenant, one transaction."""
        return work().session

    def query(  # noqa: PLR0917 - the library's signature
        self,
        filters: Any = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        select_columns: list[str] | None = None,  # noqa: ARG002
        outer_default_load: bool = False,  # noqa: ARG002
    ) -> tuple[int, list[Any]]:
        """A page and one row more, without counting; the number is that of the rows returned."""
        rows = self.apply_filters(self.session.query(self.obj), filters)
        rows = self.apply_order_by(rows, order_column, order_direction)
        rows = rows.order_by(self.obj.id)
        if page_size:
            rows = rows.offset((page or 0) * page_size).limit(page_size + 1)
        found = rows.all()
        return len(found), found

    def get(self, id: Any, filters: Any = None, select_columns: Any = None) -> Any:  # noqa: ARG002
        """One row of the tenant by its identifier, or ``None``; the other half of the key is the session's."""
        return self.session.get(self.obj, (self.session.tenant_id, id))

    def get_search_columns_list(self) -> list[str]:
        """None by itself: what may be searched, the view says."""
        return []

    def add(self, item: Any, commit: bool = True) -> None:
        """Refused: writes go through the services."""
        raise NotImplementedError

    edit = delete = add

    def delete_all(self, items: Any) -> None:
        """Refused: nothing is removed in bulk."""
        raise NotImplementedError


class PartOfAny(BaseFilter):  # type: ignore[misc]
    """Rows in whose search columns the value stands; a percent sign is a percent sign."""

    name = "包含"
    arg_name = "part"
    columns: ClassVar[tuple[str, ...]] = ()

    def apply(self, query: Any, value: str) -> Any:
        """The query with the condition."""
        parts = [getattr(self.model, name).contains(value, autoescape=True) for name in self.columns]
        return query.filter(reduce(or_, parts))
