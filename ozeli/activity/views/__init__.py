"""The pages of activity: notifications, preferences, unsubscribing, the outbox."""
