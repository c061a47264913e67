"""Stages that paint one picture, which grows from build to build."""
