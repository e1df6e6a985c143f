"""Reading customers."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Customer


def perhaps_known_twice(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those of some customers who share a telephone, or name and birthday, with another living one."""
    others = Customer.objects.filter(merchant=OuterRef("merchant")).exclude(pk=OuterRef("pk")).order_by()
    same_phone = others.filter(phone=OuterRef("phone")).exclude(phone="")
    same_name = others.filter(
        first_name__iexact=OuterRef("first_name"),
        last_name__iexact=OuterRef("last_name"),
        birth_date=OuterRef("birth_date"),
    ).exclude(last_name="")
    return customers.filter(Q(Exists(same_phone)) | Q(Exists(same_name)))
