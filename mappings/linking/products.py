"""Products of consoles and the asset types that they decide."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from integrations.models import HaloCredential, Product
from mappings.models import ProductMapping


def set_default_types(credential: HaloCredential, wanted: Mapping[Product, int | None]) -> None:
    """Store the asset type (Halo's id) of each product; None takes it away. Two statements for any number.

    The caller has seen that HaloPSA has these types.
    """
    cleared = [product.pk for product, asset_type in wanted.items() if asset_type is None]
    rows = [
        ProductMapping(
            product=product,
            console_id=product.console_id,
            halo_credential=credential,
            asset_type=asset_type,
        )
        for product, asset_type in wanted.items()
        if asset_type is not None
    ]
    with transaction.atomic():
        ProductMapping.objects.filter(halo_credential=credential, product__in=cleared).delete()
        ProductMapping.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["product", "halo_credential"],
            update_fields=["asset_type", "console"],
        )
