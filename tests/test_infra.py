import pytest
@pytest.mark.parametrize("status", ["draft","submitted","published","merged","hidden","withdrawn","completed","declined","rejected","returned"])
def test_x(client, a_proposal, ha, db, status):
    p = a_proposal(ha, status)
    r = client.as_(ha).get(f"/api/v1/proposals/{p.id}")
    assert r.status_code == 200, r.text
    assert r.json()["status"] == status
    assert client.get("/api/v1/proposals").status_code==200
