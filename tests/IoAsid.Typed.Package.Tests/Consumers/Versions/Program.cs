using System.Reflection;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;

foreach (Type type in new[] { typeof(PasidEntry), typeof(Pasid), typeof(BitLayoutAttribute) })
    Console.WriteLine(type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]);
