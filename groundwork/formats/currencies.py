"""Currencies: which there are, how many digits their minor unit has, and about what a euro is in each. No I/O.

An amount is a whole number of the currency's minor unit everywhere ("cents"): 1240 is EUR 12.40, JPY 1240 or
KWD 1.240.

The codes are those of ISO 4217 that are legal tender somewhere: not its metals, funds and test codes, in which no
shop sells. The digits are CLDR's, not ISO's. The two differ where a country gave its small coins up: ISO keeps the
fils of the Iraqi dinar and the para of the Serbian one, which no price tag and no till shows; with ISO's digits staff
would type zeros that do not exist. Of CLDR it is the digits of amounts, not those of cash: a Hungarian card payment
has its fillér, though a handful of coins is rounded to five forint.

Both are written down here instead of asked of the library, because stored amounts mean what these say: were an update
to change a currency's digits, every amount in the ledger would change with it. A test compares them with CLDR.
"""

MINOR_DIGITS = 2
OTHER_MINOR_DIGITS = {
    0: "AFN ALL BIF CLP DJF GNF IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PYG RSD RWF SOS SYP UGX VND VUV"
    " XAF XOF XPF YER",
    3: "BHD JOD KWD LYD OMR TND",
}

# The power of ten that is nearest to a euro. For limits that catch a mistyped amount; nothing is converted with it.
MAGNITUDES = {
    0: "AUD AWG AZN BAM BBD BGN BHD BMD BND BSD BZD CAD CHF EUR FJD FKP GBP GEL GIP JOD KWD KYD NZD OMR PAB SGD"
    " SHP TOP USD XCD XCG",
    1: "AED BOB BRL BWP BYN CNY CUP CZK DKK ERN GHS GTQ HKD HNL ILS LSL LYD MAD MDL MOP MVR MXN MYR NAD NOK PEN"
    " PGK PLN QAR RON SAR SBD SCR SEK SLE STN SZL THB TJS TMT TND TTD WST ZAR ZMW ZWG",
    2: "AFN ALL BDT BTN CVE DJF DOP DZD EGP ETB GMD GYD HTG INR ISK JMD JPY KES KGS LRD MKD MRU MUR MZN NIO NPR"
    " PHP RSD RUB SRD TRY TWD UAH UYU VUV XPF YER",
    3: "AMD AOA ARS CDF CLP CRC HUF IQD KMF KPW KRW KZT LKR MMK MWK NGN PKR RWF SDG SOS TZS VES XAF XOF",
    4: "BIF COP GNF IDR KHR LAK MGA MNT PYG SSP SYP UGX UZS VND",
    5: "LBP",
    6: "IRR",
}

_DIGITS = {code: digits for digits, codes in OTHER_MINOR_DIGITS.items() for code in codes.split()}
_MAGNITUDE = {code: power for power, codes in MAGNITUDES.items() for code in codes.split()}

CURRENCIES = tuple(sorted(_MAGNITUDE))


def minor_digits(currency: str) -> int:
    """How many decimals amounts in a currency (ISO 4217) have: EUR 2, JPY 0, KWD 3. Raises KeyError for no currency."""
    _MAGNITUDE[currency]
    return _DIGITS.get(currency, MINOR_DIGITS)


def minor_units(whole_euros: int, currency: str) -> int:
    """About so many euros in the minor unit of a currency, by its magnitude. Raises KeyError for no currency.

    >>> minor_units(5, "EUR"), minor_units(5, "HUF"), minor_units(5, "JPY")
    (500, 500000, 500)
    """
    return whole_euros * 10 ** (_MAGNITUDE[currency] + minor_digits(currency))
