"""One module for each group of commands of ``lianxin``; a module here composes services and holds no rule."""
