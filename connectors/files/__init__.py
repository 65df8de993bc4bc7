"""Files of schools: strict readers, layouts as data, and the connector that reads folders of them."""
