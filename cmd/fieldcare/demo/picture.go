package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
)

// The size of a picture as it is drawn; it is kept at five eighths of it.
const width, height = 640, 480

func scaled(v int) int { return v * 5 / 8 }

// canvas is a picture that is being drawn.
type canvas struct {
	*image.RGBA
	random *rand.Rand
}

// picture draws what a photo question asks for, each time a little different, as a JPEG.
func picture(question string, random *rand.Rand) ([]byte, error) {
	c := canvas{image.NewRGBA(image.Rect(0, 0, scaled(width), scaled(height))), random}
	switch question {
	case "front":
		c.front()
	case "cup":
		c.cup()
	case "bill":
		c.bill()
	default:
		c.room()
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, c.RGBA, &jpeg.Options{Quality: 80})
	return out.Bytes(), err
}

// near is a colour, a little lighter or darker.
func (c canvas) near(r, g, b int) color.RGBA {
	shift := c.random.IntN(31) - 15
	part := func(v int) uint8 { return uint8(max(0, min(255, v+shift))) }
	return color.RGBA{part(r), part(g), part(b), 255}
}

func (c canvas) one(of ...[3]int) color.RGBA {
	v := pick(c.random, of)
	return c.near(v[0], v[1], v[2])
}

func (c canvas) block(x0, y0, x1, y1 int, in color.RGBA) {
	draw.Draw(c.RGBA, image.Rect(scaled(x0), scaled(y0), scaled(x1), scaled(y1)), image.NewUniform(in), image.Point{}, draw.Src)
}

// fade fills from one colour at the top to another at the bottom.
func (c canvas) fade(x0, y0, x1, y1 int, top, bottom color.RGBA) {
	for y := y0; y < y1; y += 4 {
		part := func(a, b uint8) uint8 { return uint8((int(a)*(y1-y) + int(b)*(y-y0)) / (y1 - y0)) }
		c.block(x0, y, x1, min(y+4, y1), color.RGBA{part(top.R, bottom.R), part(top.G, bottom.G), part(top.B, bottom.B), 255})
	}
}

// oval fills an ellipse with these half axes.
func (c canvas) oval(x, y, a, b int, in color.RGBA) {
	x, y, a, b = scaled(x), scaled(y), scaled(a), scaled(b)
	for dy := -b; dy <= b; dy++ {
		for dx := -a; dx <= a; dx++ {
			if dx*dx*b*b+dy*dy*a*a <= a*a*b*b && image.Pt(x+dx, y+dy).In(c.Rect) {
				c.SetRGBA(x+dx, y+dy, in)
			}
		}
	}
}

// front is a café seen from across the street.
func (c canvas) front() {
	sky := c.one([3]int{150, 185, 225}, [3]int{190, 195, 200}, [3]int{225, 190, 150})
	c.fade(0, 0, width, 430, sky, c.near(235, 235, 230))
	c.fade(0, 90+c.random.IntN(60), width, 430, c.one([3]int{165, 155, 150}, [3]int{185, 165, 140}), c.near(140, 130, 125)) // the neighbours
	left, right := 40+c.random.IntN(40), 560+c.random.IntN(50)
	c.fade(left, 60, right, 430, c.one([3]int{190, 150, 110}, [3]int{170, 120, 100}, [3]int{200, 190, 170}, [3]int{120, 140, 130}), c.near(120, 95, 80))
	for x := left + 30; x < right-60; x += 95 { // the windows above
		c.fade(x, 75, x+50, 140, c.near(110, 130, 150), c.near(70, 80, 95))
	}
	awning, stripe := c.one([3]int{180, 45, 50}, [3]int{35, 95, 80}, [3]int{45, 70, 120}), c.near(240, 235, 225)
	for i, x := 0, left; x < right; i, x = i+1, x+32 {
		in := awning
		if i%2 == 1 {
			in = stripe
		}
		c.block(x, 175, min(x+32, right), 215, in)
		c.oval((x+min(x+32, right))/2, 215, (min(x+32, right)-x)/2, 8, in)
	}
	c.block(left+60, 150, right-60, 172, c.near(45, 40, 38)) // the sign
	for x := left + 90; x < right-100; x += 14 + c.random.IntN(6) {
		c.block(x, 156, x+9, 166, c.near(225, 215, 190))
	}
	door := right - 150
	c.fade(left+30, 235, door-25, 380, c.near(235, 205, 130), c.near(190, 150, 90)) // the window, lit
	for range 4 + c.random.IntN(4) {                                                // guests and plants in it
		x, tall := left+50+c.random.IntN(door-left-120), 40+c.random.IntN(45)
		in := c.one([3]int{90, 70, 60}, [3]int{60, 90, 60}, [3]int{70, 70, 95})
		c.block(x, 380-tall, x+24, 380, in)
		c.oval(x+12, 380-tall, 11, 12, in)
	}
	c.block(door, 240, door+95, 430, c.near(70, 55, 45))
	c.fade(door+12, 255, door+83, 360, c.near(215, 185, 120), c.near(150, 120, 80))
	c.oval(door+84, 345, 4, 4, c.near(220, 200, 120))
	c.fade(0, 430, width, height, c.near(150, 148, 145), c.near(105, 105, 108))
	for range c.random.IntN(3) { // tables on the pavement
		x := 80 + c.random.IntN(380)
		c.oval(x, 400, 36, 9, c.near(230, 225, 215))
		c.block(x-3, 405, x+3, 452, c.near(60, 60, 60))
	}
}

// cup is a drink, and often a cake, from above on a table.
func (c canvas) cup() {
	c.wood()
	x, y, r := 210+c.random.IntN(90), 220+c.random.IntN(50), 112+c.random.IntN(20)
	c.oval(x+10, y+14, r+38, r+32, c.near(80, 60, 45)) // shadow
	china := c.one([3]int{240, 238, 232}, [3]int{200, 215, 220}, [3]int{225, 205, 180})
	c.oval(x, y, r+36, r+32, china)
	c.oval(x, y, r+28, r+24, c.near(225, 222, 215))
	c.oval(x+r+14, y, 26, 18, china)
	c.oval(x, y, r, r-4, china)
	c.oval(x, y, r-12, r-16, c.near(110, 70, 40))
	foam := c.one([3]int{205, 165, 115}, [3]int{225, 195, 150}, [3]int{90, 55, 35})
	c.oval(x, y, r-20, r-24, foam)
	if c.random.IntN(3) > 0 { // a leaf in the foam
		for i := range 4 {
			c.oval(x, y-44+i*24, 40-i*7, 12, c.near(240, 228, 205))
			c.oval(x, y-50+i*24, 34-i*7, 10, foam)
		}
	}
	c.block(x-r-20, y+r+8, x+r-30, y+r+17, c.near(190, 190, 195)) // the spoon
	if c.random.IntN(4) > 0 {
		px, py := 505+c.random.IntN(30), 250+c.random.IntN(70)
		c.oval(px, py, 118, 96, c.near(238, 238, 236))
		c.oval(px, py, 96, 76, c.near(228, 228, 226))
		cake := c.one([3]int{120, 75, 50}, [3]int{225, 185, 110}, [3]int{170, 60, 75}, [3]int{235, 220, 190})
		for i := range 70 {
			c.block(px-60+i/2, py-34+i, px+60-i/2, py-33+i, cake)
		}
		c.block(px-60, py-40, px+60, py-30, c.near(250, 240, 225))
	}
}

// room is a table in the café, more or less tidy.
func (c canvas) room() {
	c.fade(0, 0, width, 260, c.one([3]int{215, 200, 180}, [3]int{150, 165, 160}, [3]int{190, 150, 130}), c.near(170, 155, 140))
	for x := 60; x < width; x += 190 { // lamps
		c.block(x+28, 0, x+31, 60+c.random.IntN(30), c.near(40, 40, 40))
		c.oval(x+30, 85, 30, 16, c.near(250, 225, 150))
	}
	c.block(30, 60, 190, 200, c.near(50, 55, 52)) // the board
	for y := 78; y < 190; y += 17 {
		c.block(45, y, 75+c.random.IntN(95), y+5, c.near(225, 225, 215))
	}
	c.fade(0, 260, width, height, c.near(140, 105, 75), c.near(95, 70, 52))
	for range 2 + c.random.IntN(3) {
		x, y := 90+c.random.IntN(470), 280+c.random.IntN(140)
		c.block(x-5, y, x+5, y+60, c.near(55, 45, 40))
		c.oval(x, y, 84, 26, c.near(185, 150, 110))
		for range c.random.IntN(4) { // cups and crumbs
			c.oval(x-50+c.random.IntN(100), y-4+c.random.IntN(8), 12, 7, c.near(240, 238, 230))
		}
		c.block(x-120, y-40, x-92, y+50, c.near(80, 60, 48))
	}
}

// bill is a receipt on a table.
func (c canvas) bill() {
	c.wood()
	x := 190 + c.random.IntN(60)
	c.block(x+8, 30, x+248, 460, c.near(85, 65, 50))
	c.block(x, 22, x+240, 452, c.near(246, 245, 240))
	ink := c.near(70, 70, 75)
	c.block(x+60, 44, x+180, 60, ink)
	for y := 84; y < 330; y += 22 + c.random.IntN(4) {
		c.block(x+20, y, x+60+c.random.IntN(90), y+7, ink)
		c.block(x+185, y, x+220, y+7, ink)
	}
	c.block(x+20, 345, x+100, 359, ink)
	c.block(x+165, 345, x+220, 359, ink)
	for bar := x + 40; bar < x+200; bar += 3 + c.random.IntN(6) {
		c.block(bar, 385, bar+2, 430, ink)
	}
}

// wood is the top of a table.
func (c canvas) wood() {
	c.fade(0, 0, width, height, c.one([3]int{150, 105, 70}, [3]int{120, 85, 60}, [3]int{185, 150, 110}, [3]int{90, 75, 68}), c.near(110, 78, 55))
	for y := 0; y < height; y += 60 + c.random.IntN(30) {
		c.block(0, y, width, y+2, c.near(75, 52, 38))
	}
}

// logo draws a cup in the wind.
func logo() ([]byte, error) {
	c := canvas{RGBA: image.NewRGBA(image.Rect(0, 0, scaled(640), scaled(240)))}
	white, brown := color.RGBA{255, 255, 255, 255}, color.RGBA{0x7a, 0x3e, 0x12, 255}
	c.block(0, 0, 640, 240, white)
	c.oval(120, 120, 112, 112, brown)
	c.oval(150, 118, 24, 24, white)
	c.oval(150, 118, 14, 14, brown)
	c.oval(112, 120, 44, 58, white)
	c.block(60, 40, 164, 92, brown)
	c.block(66, 92, 158, 100, white)
	for i, length := range []int{330, 390, 270} { // the wind
		y := 78 + 42*i
		c.block(250, y-9, 250+length-16, y+9, brown)
		c.oval(250+length-16, y, 9, 9, brown)
		c.oval(250, y, 9, 9, brown)
	}
	var out bytes.Buffer
	err := png.Encode(&out, c.RGBA)
	return out.Bytes(), err
}
