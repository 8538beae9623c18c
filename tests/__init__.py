"""The tests. A package, because some distributions bring a package of this name, which would hide a folder."""
