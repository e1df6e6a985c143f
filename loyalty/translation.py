"""Which texts of the program are kept in every language."""

from modeltranslation.translator import TranslationOptions, register

from loyalty.models import LoyaltyProgram, PointsReward, Promotion


@register(LoyaltyProgram)
class LoyaltyProgramTranslation(TranslationOptions):
    fields = ("stamps_reward_description", "card_name", "terms_text")


@register(PointsReward)
class PointsRewardTranslation(TranslationOptions):
    fields = ("name", "description")
    required_languages = ()


@register(Promotion)
class PromotionTranslation(TranslationOptions):
    fields = ("name",)
    required_languages = ()
