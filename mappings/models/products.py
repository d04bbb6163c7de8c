"""Which asset type the computers of a product become."""

from __future__ import annotations

from django.db import models

from integrations.models import Audited, Console, HaloCredential, Product


class ProductMapping(Audited):
    """Computers with this product become assets of this type [default asset types]."""

    audit_names = ("product",)

    console = models.ForeignKey(Console, on_delete=models.CASCADE, related_name="product_mappings")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="mappings")
    halo_credential = models.ForeignKey(HaloCredential, on_delete=models.CASCADE, related_name="+")
    asset_type = models.IntegerField(help_text="Halo's id of the asset type.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "halo_credential"], name="one_type_per_product_and_credential"
            )
        ]
        ordering = ["product__name"]
        verbose_name = "default asset type"

    def __str__(self) -> str:
        return f"{self.product}"
