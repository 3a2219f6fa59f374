"""Adapters for web frameworks and Celery: each request, and each task, is a scope.

``reading`` says what a request tells; the modules beside it open the scope where their framework wants it.
None of them knows a destination, and each is imported by itself: ``analytics_mixpanel.frameworks.wsgi``.
"""
