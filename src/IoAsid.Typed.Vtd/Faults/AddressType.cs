namespace IoAsid.Typed.Vtd;

/// <summary>AT: what a device says of the address in its request (PCIe, Address Translation Services).</summary>
public enum AddressType
{
    /// <summary>The address is to be translated.</summary>
    Untranslated = 0,

    /// <summary>The device asks for a translation.</summary>
    TranslationRequest = 1,

    /// <summary>The device translated the address itself.</summary>
    Translated = 2,
}
