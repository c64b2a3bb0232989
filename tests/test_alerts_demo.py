"""The demo: every act is told, no noise is, and nothing leaves the machine."""
