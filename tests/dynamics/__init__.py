"""Pages of Dynamics NAV as published in the corpus, mapped, and a responder of ours."""
