"""How many forms were sent, and who monitored, is asked of an index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0032_product_without_a_scan'),
        ('sessions_app', '0018_days_of_the_cabinet'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='filing',
            index=models.Index(fields=['facility', 'person', 'state'], name='filing_of_person'),
        ),
    ]
