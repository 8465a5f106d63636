"""Counts, discrepancies, the book, recalls and supply of the cabinets. Included by ``sessions_app/urls.py``."""

from django.urls import path

from sessions_app.views import book, count, discrepancy, recall, supply

urlpatterns = [
    path("facility/counts/", count.counts, name="counts"),
    path("facility/cabinets/<uuid:cabinet_id>/count/", count.count_cabinet, name="count-cabinet"),
    path("facility/cabinets/<uuid:cabinet_id>/take-inventory/", count.take_inventory, name="take-inventory"),
    path("facility/cabinets/<uuid:cabinet_id>/close/", count.close_cabinet, name="close-cabinet"),
    path("facility/counts/<uuid:count_id>/count-again/", count.count_again, name="count-again"),
    path("facility/counts/<uuid:count_id>/question/", count.question_count, name="question-count"),
    path("facility/set-stock-policy/", count.set_stock_policy, name="set-stock-policy"),
    path("facility/discrepancies/<uuid:discrepancy_id>/", discrepancy.discrepancy, name="discrepancy"),
    path("facility/discrepancies/<uuid:discrepancy_id>/follow/", discrepancy.follow, name="follow-discrepancy"),
    path(
        "facility/discrepancies/<uuid:discrepancy_id>/name-missing/",
        discrepancy.name_missing,
        name="name-missing",
    ),
    path("facility/discrepancies/<uuid:discrepancy_id>/close/", discrepancy.close, name="close-discrepancy"),
    path("facility/book/", book.book, name="stock-book"),
    path("facility/book/pdf/", book.pdf, name="stock-book-pdf"),
    path("facility/book/csv/", book.csv, name="stock-book-csv"),
    path("facility/recalls/", recall.recalls, name="recalls"),
    path("facility/record-recall/", recall.record, name="record-recall"),
    path("facility/recalls/<uuid:recall_id>/", recall.recall, name="recall"),
    path("facility/recalls/<uuid:recall_id>/withdraw/", recall.withdraw, name="withdraw-recall"),
    path("facility/supply/", supply.supply, name="supply"),
]
