"""What to do next: the handle to give to friends, the proxy, a client. Shown after setup and whenever asked for."""

from quart import Response

from smallfed.domain.house import House
from smallfed.pages.answers import page
from smallfed.pages.quart import parts
from smallfed.pages.visits import Visit
from smallfed.web import login, proxies

PATH = "/welcome"


async def show() -> Response:
    """Show it to the owner."""
    visit = await login.inside(PATH)
    return visit if isinstance(visit, Response) else page_of(parts().identity.here, visit=visit)


def page_of(house: House, *, visit: Visit, fresh: bool = False) -> Response:
    """Return the page. ``fresh``: the house has just been set up."""
    if house.trial:
        return page("trial.html", visit=visit, house=house, fresh=fresh)
    bind = parts().config.server.bind
    split = house.account_domain != house.domain
    return page(
        "welcome.html",
        visit=visit,
        house=house,
        fresh=fresh,
        caddy=proxies.caddy(house, bind),
        nginx=proxies.nginx(house, bind),
        caddy_redirects=proxies.caddy_redirects(house) if split else None,
        nginx_redirects=proxies.nginx_redirects(house) if split else None,
    )
