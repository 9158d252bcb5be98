"""The plots of the pages, as SVG."""
