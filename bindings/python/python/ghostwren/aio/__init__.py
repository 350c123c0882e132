"""The asynchronous face, which `ghostwren` itself shows. `ghostwren.sync` is made from these files."""
