using System.Globalization;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The kinds of operations of a random run.</summary>
internal enum OperationKind
{
    /// <summary>Maps pages that are not mapped.</summary>
    Map,

    /// <summary>Unmaps pages, mapped or not.</summary>
    Unmap,

    /// <summary>Attaches a probe to a domain, or detaches it.</summary>
    Attach,

    /// <summary>Writes to a page of the window as a probe.</summary>
    Write,

    /// <summary>Writes to a page as each probe, unmaps the page, and writes as each probe again.</summary>
    Retire,
}

/// <summary>An operation of a random run. Each number is taken modulo the number of objects.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="DomainNumber">The number of the domain.</param>
/// <param name="Probe">The probe.</param>
/// <param name="Page">The page in the window.</param>
/// <param name="Size">The number of pages, or the right.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Operation(OperationKind Kind, int DomainNumber, int Probe, int Page, int Size)
{
    /// <summary>Returns the operation as C# code for a test.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"new(OperationKind.{Kind}, {DomainNumber}, {Probe}, {Page}, {Size})");
}
