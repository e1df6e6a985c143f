"""Who has signed in on a device before: nobody is told of it again, or kept out by strangers."""

from groundwork.web.device_note import DeviceNote

PEOPLE = DeviceNote("known_device", salt="tenancy.known_device", most=20)
