"""What a card is, as data: layouts, statuses, periods, work limits, and the arithmetic on them."""
