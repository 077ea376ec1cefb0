namespace IoAsid.Typed.Vtd;

/// <summary>What an <see cref="AddressWidth"/> stands for. Meant for widths the unit supports.</summary>
public static class AddressWidths
{
    /// <summary>How many bits an input address has: 30 + 9 for each step of the encoding.</summary>
    public static int Bits(this AddressWidth width) => 30 + (9 * (int)width);

    /// <summary>How many levels a walk has.</summary>
    public static int Levels(this AddressWidth width) => 2 + (int)width;
}
