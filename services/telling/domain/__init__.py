"""Het rekenwerk van telling: zuiver, exact, zonder klok, zonder IO."""
