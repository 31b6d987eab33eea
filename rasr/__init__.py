"""What holds the two apps together: settings, addresses, middleware, the development database. No model, no rule."""
