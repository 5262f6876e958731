import asyncio

from product import Product

from rasim.testing import Adapter, CannotDo, Recorder


class Mine(Adapter):
    clock = "simulated"

    def start(self, scene):
        if len(scene.sessions) > 1 or scene.mode == "view":
            raise CannotDo("the product has one session, and no mode")
        self.recorder = Recorder(clock=asyncio.get_running_loop().time)
        scene.introduce(self.recorder)
        helpers = scene.helpers if scene.offers == "enabled" else []
        self.product = Product(self.recorder, helpers, user=scene.sessions["s1"])

    def trace(self):
        return self.recorder

    def offers_help(self, act):
        self.product.offers(act.expert)

    def accepts(self, act):
        self.product.accepts()

    def denies(self, act):
        self.product.denies()

    async def consent_time_passes(self, act):
        await asyncio.sleep(61)

    def asks_for_control(self, act):
        self.product.asks_for_control()

    def grants_control(self, act):
        self.product.grants_control()

    def uses_control(self, act):
        self.product.moves_the_mouse()

    def user_ends(self, act):
        self.product.ends()
