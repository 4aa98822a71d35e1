"""What is estimated from data: prices by tags, likeness of texts. The owner of scikit-learn."""
